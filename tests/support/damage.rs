//! Damages clean paragraphs as faulty converters did, and counts how they are repaired.
//!
//! The tests and the benchmark of the repair use the same cases in the same order.

use encoding_rs::GBK;
use transcript::repair::{DamageKind, Options, repair};
use transcript::text::{Script, is_han};

/// Paragraphs written for this project, in the style of interviews and articles.
pub(crate) const PARAGRAPHS: [&str; 40] = [
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
    "“小店”不只卖东西。“小店”也是邻居说话的地方，谁家有事，这里最先知道。",
    "他说：“我不懂技术。”可是三年以后，他写出了全县第一个调度程序。",
    "2019年我们只有12个人。到了2023年，团队有340人，其中一半是工程师。",
    "Python是他学的第一门语言。后来他又学了Rust，说这门语言让他睡得着觉。",
    "茶山上的雾散得很慢。采茶的人天不亮就出门，背篓里装着早饭。",
    "有人问我后悔不后悔。后悔没有用，路是自己选的，就要自己走完。",
    "《水经注》我读了四遍。每一遍读到的东西都不一样，因为我自己变了。",
    "机器不会累。人会累，所以人才懂得什么时候应该停下来，想一想为什么出发。",
    "图书馆晚上十点关门。关门以前，总有几个学生围着他问问题，他从来不赶人。",
    "标准应该由用的人来定。坐在办公室里写出来的标准，往往没有人愿意用。",
];

/// A paragraph before and after the damage.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) original: String,
    pub(crate) damaged: String,
}

/// Which byte of the paragraph is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The first byte of a full stop, as in all damage that was found so far.
    FullStop,
    /// The first byte of another Chinese character or mark.
    Elsewhere,
}

/// The result of repairing a damaged paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Exact,
    /// The damage stays as received.
    Left,
    Wrong,
}

/// The number of paragraphs with each outcome.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) exact: usize,
    pub(crate) left: usize,
    pub(crate) wrong: usize,
}

/// How a faulty converter treats damaged text.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "converters differ in these independently")]
pub(crate) struct Converter {
    /// A first byte that is followed by ASCII becomes `?`; otherwise it is dropped.
    marks: bool,
    /// If a pair of bytes is no character, only its first byte is dropped, so that the following text is in
    /// step again; otherwise both are dropped.
    drops_one: bool,
    /// Full-width forms were narrowed before the damage.
    narrowed: bool,
    /// Full-width forms are narrowed after the damage.
    narrows: bool,
}

impl Converter {
    /// Returns one of the 16 combinations; `bits` is 0 to 15.
    pub(crate) fn numbered(bits: usize) -> Self {
        let is_set = |bit: usize| bits & (1 << bit) != 0;
        Self { marks: is_set(0), drops_one: is_set(1), narrowed: is_set(2), narrows: is_set(3) }
    }

    /// Replaces the first byte of the character at `lost` by a `?`, and decodes the rest of `paragraph`
    /// as this converter does. Returns `None` if the result has no garbled characters to repair.
    pub(crate) fn case(self, paragraph: &str, lost: usize) -> Option<Case> {
        let original = if self.narrowed { narrowed(paragraph) } else { paragraph.to_owned() };
        let text: Vec<char> = original.chars().collect();
        if pair_of(*text.get(lost)?)?.len() != 2 {
            return None;
        }
        let damaged = self.damage(&text, lost)?;
        let shifted = damaged.chars().skip(lost + 1).ne(text.iter().skip(lost + 1).copied());
        let garbled = damaged.chars().skip(lost).any(|c| is_han(c) && !text.contains(&c));
        (shifted && garbled).then_some(Case { original, damaged })
    }

    fn damage(self, text: &[char], lost: usize) -> Option<String> {
        let mut bytes = Vec::new();
        for c in text.get(lost..)? {
            bytes.extend(pair_of(*c)?);
        }
        let mut damaged: String = text[..lost].iter().collect();
        damaged.push('?');
        let mut at = 1;
        while let Some(byte) = bytes.get(at) {
            let pair = [*byte, bytes.get(at + 1).copied().unwrap_or(b'\n')];
            at += 1;
            if byte.is_ascii() {
                damaged.push(char::from(*byte));
            } else if pair[1] < 0x40 {
                damaged.extend(self.marks.then_some('?'));
            } else if let Some(c) = character_of(pair) {
                damaged.push(if self.narrows { narrow(c) } else { c });
                at += 1;
            } else {
                at += usize::from(!self.drops_one);
            }
        }
        Some(damaged)
    }
}

/// Returns damaged paragraphs in `script`: every `step`-th combination of a place of loss and a converter.
pub(crate) fn cases(script: Script, loss: Loss, step: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut n_tried = 0;
    for paragraph in PARAGRAPHS {
        let paragraph = script.convert(paragraph);
        let characters: Vec<char> = paragraph.chars().collect();
        // At least two characters must follow. A loss elsewhere is tried at every seventh character.
        let places = (0..characters.len() - 2).filter(|at| match loss {
            Loss::FullStop => characters[*at] == '。',
            Loss::Elsewhere => characters[*at] != '。' && at % 7 == 3,
        });
        for lost in places {
            for converter in (0..16).map(Converter::numbered) {
                n_tried += 1;
                if n_tried % step == 0 {
                    cases.extend(converter.case(&paragraph, lost));
                }
            }
        }
    }
    cases
}

/// Repairs all cases and counts the outcomes.
pub(crate) fn tally(cases: &[Case], options: &Options) -> Tally {
    let mut tally = Tally::default();
    for case in cases {
        match outcome(case, options) {
            Outcome::Exact => tally.exact += 1,
            Outcome::Left => tally.left += 1,
            Outcome::Wrong => tally.wrong += 1,
        }
    }
    tally
}

/// Repairs the damaged text of a case and compares it with the original.
pub(crate) fn outcome(case: &Case, options: &Options) -> Outcome {
    let repaired = repair(&case.damaged, options);
    // The width of marks is ignored, because another rule of the repair restores it.
    if narrowed(&repaired.text) == narrowed(&case.original) {
        Outcome::Exact
    } else if repaired
        .repairs
        .iter()
        .any(|repair| repair.kind == DamageKind::HalfShift && repair.applied)
    {
        Outcome::Wrong
    } else {
        Outcome::Left
    }
}

/// Returns the text with its full-width forms narrowed.
pub(crate) fn narrowed(text: &str) -> String {
    text.chars().map(narrow).collect()
}

fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// Returns the bytes of a character in GBK, or `None` if it has none.
fn pair_of(c: char) -> Option<Vec<u8>> {
    let text = c.to_string();
    let (bytes, _, is_lossy) = GBK.encode(&text);
    (!is_lossy).then(|| bytes.into_owned())
}

/// Returns the character that old decoders of GBK have for a pair of bytes. They do not have characters for
/// private use and those that GB 18030 added.
fn character_of(pair: [u8; 2]) -> Option<char> {
    let text = GBK.decode_without_bom_handling_and_without_replacement(&pair)?;
    let mut characters = text.chars();
    let c = characters.next().filter(|_| characters.next().is_none())?;
    let is_later = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{2e80}'..='\u{2fff}' | '\u{3400}'..='\u{4dbf}' | '\u{9fa6}'..='\u{9fff}' | '\u{fe10}'..='\u{fe1f}' | 'ǹ' | '〾');
    (!is_later).then_some(c)
}
