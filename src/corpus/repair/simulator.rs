//! Damages clean text as the converters did, and measures how much of it is repaired.

use super::gbk::TABLE;
use super::tests::options;
use super::{Kind, repair};
use crate::text::Script;

/// Paragraphs of our own, as people talk in interviews and as articles are written.
const PARAGRAPHS: [&str; 30] = [
    "很多人问我为什么要做这件事。其实一开始我也没有想清楚，只是觉得应该有人去做。",
    "技术本身没有好坏。关键在于用它的人想解决什么问题，以及愿意付出多大的代价。",
    "我们第一次见面是在北京的一家小咖啡馆。他带着一台旧电脑，给我看了他写的程序。",
    "这家公司去年的收入增长了三成。增长主要来自海外市场，国内市场反而有些下滑。",
    "过去大家都说“酒香不怕巷子深”。“现在不一样了”，他说，“你要自己走出去”。",
    "城市的问题不能只靠修路来解决。道路越宽，车就越多，最后还是一样堵。",
    "科学研究需要耐心。有些结果要等十年才能看到，而评价的周期只有一年。",
    "他从来不用闹钟。每天早上五点半，他就会自己醒来，然后去河边跑步。",
    "人工智能会改变很多行业。但改变的速度，取决于人们愿不愿意改变自己的习惯。",
    "我的父亲是一名教师。小时候家里到处都是书，我就在书堆里长大。",
    "教育的目的是什么？我认为是让人学会思考。“填鸭”式的教学，培养不出创新的人才。",
    "投资人最关心的是团队。产品可以改，市场可以等，但是人不对就什么都不对。",
    "这条河的水以前是可以喝的。后来上游建了工厂，鱼没有了，村民也搬走了。",
    "我们并没有放弃。恰恰相反，这次失败让我们看清楚了真正的问题在哪里。",
    "数据是新的资源。如果没有计算能力，数据就像埋在地下的石油，没有任何用处。",
    "会议从上午九点开到晚上。与会的专家对这个方案提出了不少意见，有些意见相当尖锐。",
    "中小企业的日子不好过。成本在涨，订单在减少，银行的贷款也越来越难拿到。",
    "小镇的街道很窄。两边是老房子，门口坐着聊天的老人，孩子们在巷子里跑来跑去。",
    "我不同意这种说法。把成功归结为运气，等于否定了所有人的努力。",
    "第一代产品卖得并不好。用户抱怨电池不耐用，也有人说屏幕太暗，看不清楚。",
    "政府应该做什么？应该把环境建设好。剩下的事情，交给市场和企业自己去做。",
    "开源的好处是大家都可以参与。一个人的力量有限，一万个人就能做出了不起的东西。",
    "她花了三年时间写这本书。书中的每一个故事，都来自她在农村的亲身经历。",
    "医生建议他多休息。可是项目到了关键阶段，他无论如何也不愿意离开。",
    "互联网最初是为科研服务的。谁也没有想到，它后来成了所有人生活的一部分。",
    "年轻人为什么不愿意来？因为这里没有机会。有了机会，人自然就会留下来。",
    "《史记》里记载过这样的故事。当时的商人走南闯北，把茶叶和丝绸带到很远的地方。",
    "云计算刚刚出现的时候，没有人相信它。大家觉得把数据放在别人那里不安全。",
    "历史不会简单地重复。但是读历史的人，往往能够更早地看到变化的方向。",
    "规则必须公开透明。只有所有人都知道规则，并且遵守规则，竞争才是公平的。",
];

/// How a converter treats what it meets.
#[derive(Debug, Clone, Copy)]
struct Converter {
    /// A byte without a partner before ASCII shows as `?`; otherwise it is dropped.
    marks: bool,
    /// Of a pair without a character one byte is dropped, not both: the text is in step again.
    drops_one: bool,
    /// Full-width forms had been narrowed before.
    narrowed: bool,
    /// Full-width forms are narrowed afterwards.
    narrows: bool,
}

impl Converter {
    fn all() -> impl Iterator<Item = Self> {
        (0..16).map(|bits| Self {
            marks: bits & 1 != 0,
            drops_one: bits & 2 != 0,
            narrowed: bits & 4 != 0,
            narrows: bits & 8 != 0,
        })
    }

    /// `text` (a line) after the first byte of the character at `lost` has become a `?`.
    fn damage(self, text: &[char], lost: usize) -> String {
        let mut bytes = Vec::new();
        for c in &text[lost..] {
            match TABLE.encode(*c) {
                Some(pair) => bytes.extend(pair),
                None => bytes.extend(u8::try_from(*c)),
            }
        }
        let mut damaged: String = text[..lost].iter().collect();
        damaged.push('?');
        let mut at = 1;
        while let Some(byte) = bytes.get(at) {
            let pair = [*byte, bytes.get(at + 1).copied().unwrap_or(b'\n')];
            at += 1;
            if byte.is_ascii() {
                damaged.push(char::from(*byte));
            } else if pair[1] < 0x40 || *byte == 0x80 {
                damaged.extend(self.marks.then_some('?'));
            } else if TABLE.may_be_lost(pair) {
                at += usize::from(!self.drops_one);
            } else {
                damaged
                    .extend(TABLE.decode(pair).map(|c| if self.narrows { narrow(c) } else { c }));
                at += 1;
            }
        }
        damaged
    }
}

pub(super) fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn narrowed(text: &str) -> String {
    text.chars().map(narrow).collect()
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    exact: usize,
    left: usize,
    wrong: usize,
}

impl Tally {
    fn count(&mut self, original: &str, damaged: &str) {
        let repaired = repair(damaged, &options());
        let was_repaired = repaired.repairs.iter().any(|r| r.kind == Kind::HalfShift && r.applied);
        // The other rules may have widened marks: widths are compared elsewhere.
        if narrowed(&repaired.text) == narrowed(original) {
            self.exact += 1;
        } else if was_repaired {
            self.wrong += 1;
            if std::env::var("SHOW").is_ok() {
                println!("WRONG {damaged}\n  {original}\n  {}", repaired.text);
            }
        } else {
            self.left += 1;
            if std::env::var("SHOW").is_ok() {
                let p = repaired.repairs.iter().find(|r| r.kind == Kind::HalfShift);
                println!(
                    "LEFT {:?} ok={}\n  {damaged}\n  {original}",
                    p.map(|p| (&p.after, p.confidence)),
                    p.is_some_and(|p| narrowed(original).contains(&narrowed(&p.after)))
                );
            }
        }
    }

    fn n(self) -> usize {
        self.exact + self.left + self.wrong
    }
}

/// Loses a full stop's first byte inside each paragraph, as in the damage that is known.
fn tally(script: Script) -> Tally {
    let mut tally = Tally::default();
    for converter in Converter::all() {
        for paragraph in PARAGRAPHS {
            let paragraph = script.convert(paragraph);
            let original =
                if converter.narrowed { narrowed(&paragraph) } else { paragraph.into_owned() };
            let text: Vec<char> = original.chars().collect();
            let stops = (0..text.len() - 1).filter(|at| text[*at] == '。');
            for lost in stops {
                let damaged = converter.damage(&text, lost);
                let is_shifted = damaged
                    .chars()
                    .filter(|c| *c != '?')
                    .ne(text.iter().copied().filter(|c| !matches!(c, '。' | '?')));
                if is_shifted {
                    tally.count(&original, &damaged);
                }
            }
        }
    }
    tally
}

#[test]
fn most_damage_in_traditional_text_is_repaired_and_hardly_any_wrongly() {
    let tally = tally(Script::Hant);
    println!("{tally:?}");
    assert!(tally.exact * 100 >= tally.n() * 70, "{tally:?}");
    assert!(tally.wrong * 100 <= tally.n() * 2, "{tally:?}");
}

#[test]
fn damage_in_simplified_text_is_repaired_or_left_but_hardly_ever_wrongly() {
    let tally = tally(Script::Hans);
    println!("{tally:?}");
    assert!(tally.exact * 100 >= tally.n() * 30, "{tally:?}");
    assert!(tally.wrong * 100 <= tally.n() * 2, "{tally:?}");
}

#[test]
fn clean_text_is_left_alone() {
    for paragraph in PARAGRAPHS {
        for script in [Script::Hans, Script::Hant] {
            let text = script.convert(paragraph);
            assert_eq!(repair(&text, &options()).text, text);
            assert_eq!(narrowed(&repair(&narrowed(&text), &options()).text), narrowed(&text));
        }
    }
}
