//! A name for ids and addresses, made of a title or a file's name.

use pinyin::ToPinyin;

/// Bytes of a slug at most.
const MAX: usize = 60;

/// `text` in lower-case letters a-z, digits and hyphens, Chinese by its sound; empty where nothing of
/// it can be written so.
///
/// ```
/// use transcript::text::slug;
/// assert_eq!(slug("对话王坚 2025"), "dui-hua-wang-jian-2025");
/// ```
pub fn slug(text: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if let Some(sound) = c.to_pinyin() {
            words.push(sound.plain().replace('ü', "v"));
            words.push(String::new());
        } else if c.is_ascii_alphanumeric() {
            if let Some(word) = words.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        } else {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if !slug.is_empty() && slug.len() + word.len() + 1 > MAX {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(MAX));
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_spaces_part_words() {
        assert_eq!(slug("《財經》：OpenAI & 雲棲.txt"), "cai-jing-openai-yun-qi-txt");
        assert_eq!(slug("——"), "");
        assert_eq!(slug(&"云".repeat(100)).len(), 59);
    }
}
