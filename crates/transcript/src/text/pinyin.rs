//! How a character sounds, as loosely as people type it.

use pinyin::ToPinyin;

/// The sound of `c`, folded so that what is often confused in pinyin input is one: zh/z, ch/c, sh/s,
/// l/n, h/f, ang/an, eng/en, ing/in. `None` for what has no reading.
///
/// ```
/// use transcript::text::sound;
/// assert_eq!(sound('张'), sound('赞'));
/// assert_ne!(sound('谷'), sound('州'));
/// ```
pub fn sound(c: char) -> Option<String> {
    let plain = c.to_pinyin()?.plain();
    let (initial, rest) = ["zh", "ch", "sh"]
        .iter()
        .find_map(|initial| Some((initial.get(..1)?, plain.strip_prefix(initial)?)))
        .or_else(|| Some(("n", plain.strip_prefix('l')?)))
        .or_else(|| Some(("f", plain.strip_prefix('h')?)))
        .unwrap_or(("", plain));
    let rest = ["ang", "eng", "ing"]
        .iter()
        .find_map(|ending| rest.strip_suffix(ending).map(|stem| (stem, ending)))
        .map_or_else(
            || rest.to_owned(),
            |(stem, ending)| format!("{stem}{}", ending.trim_end_matches('g')),
        );
    Some(format!("{initial}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_one() {
        for (one, other) in
            [('想', '乡'), ('精', '经'), ('室', '是'), ('兰', '南'), ('谷', '股'), ('机', '基')]
        {
            assert_eq!(sound(one), sound(other), "help: {one} and {other}");
        }
        assert_eq!(sound('x'), None);
    }
}
