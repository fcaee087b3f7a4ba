//! HTML pages.

use super::{check, reading};

#[test]
fn a_round_table_quotes_everybody_under_their_own_names() {
    check(
        "a.html",
        "<div><p>五月六日，林远、周小川与方舟在山城谈路。以下为现场实录：</p><h2>路从哪里来</h2><p><strong>Q：路从哪里来？</strong></p><p><strong>林远：</strong>从石头里来。我走了三十年，石头走了三万年。</p><p>后来才有人。</p><p><strong>周小川：</strong>我不同意。路是人走出来的，没有人就没有路，这一点书上写得很清楚。</p><figure><img src=\"a.png\"><figcaption>林远</figcaption></figure><p><strong>读者提问：路会断吗？</strong></p><p><strong>方舟：</strong>会。断了再修，修了再断，这就是路的一生，也是我的一生。</p><p><strong>周小川：</strong>我补充一句，断的路也是路。</p><p><strong>方舟：</strong>这我同意，断的路更是路。</p><p>———</p><p>微信搜索“<strong>山路</strong>”：关注我们</p></div>",
        "W 方舟
         L 五月六日，林远、周小川与方舟在山城谈路。以下为现场实录：
         Q 路从哪里来？
         A 林远|从石头里来。我走了三十年，石头走了三万年。
         A 林远|后来才有人。
         A 周小川|我不同意。路是人走出来的，没有人就没有路，这一点书上写得很清楚。
         Q 路会断吗？
         A 会。断了再修，修了再断，这就是路的一生，也是我的一生。
         A 周小川|我补充一句，断的路也是路。
         A 这我同意，断的路更是路。
         C 林远
         X ———
         X 微信搜索“山路”：关注我们",
    );
}

#[test]
fn an_interview_at_the_end_of_a_feature() {
    check(
        "a.html",
        "<article><header><h1>专访林远：把路修上山</h1></header><div class=\"entry\"><p>林远修了三十年路。</p><div class=\"ads\"><a href=\"/\">广告</a></div><p>「路要自己走。」林远说。</p><h2>石头</h2><p>山上的石头很多，林远一块一块地搬。</p><h2>问答</h2><p><strong>山城记者：</strong>为什么修路？</p><p><strong>林远：</strong>因为没有路。</p><p>后来有了，\n也要修。</p><p><strong>山城记者：</strong>还要修多久？</p><p><strong>林远：</strong>一直修。</p></div><section class=\"related\"><h3>Related</h3><p>另一条路上的人，他说了很多话。</p></section></article>",
        "W 林远
         L 林远修了三十年路。
         L 「路要自己走。」林远说。
         L 山上的石头很多，林远一块一块地搬。
         Q 为什么修路？
         A 因为没有路。
         A 后来有了，也要修。
         Q 还要修多久？
         A 一直修。
         X 广告
         X Related
         X 另一条路上的人，他说了很多话。",
    );
}

#[test]
fn italic_questions_and_a_list_of_sources() {
    check(
        "a.html",
        "<div><p class=\"title\">对话林远：路与人</p><p>林远今年六十岁。</p><p><i>您怎么看路？</i></p><p>路是人的骨头。</p><figure><img/><figcaption><p>电影《山路》</p></figcaption></figure><p><i>那桥呢？</i></p><p>桥是人的手。</p><p>我还想造一座。</p><p><i>最后一个问题：累吗？</i></p><p>不累。</p><p><em>参考资料：</em></p><p><em>山路志/周小川著.—山城：山城出版社，2012</em></p></div>",
        "W 林远
         L 林远今年六十岁。
         Q 您怎么看路？
         A 路是人的骨头。
         Q 那桥呢？
         A 桥是人的手。
         A 我还想造一座。
         Q 最后一个问题：累吗？
         A 不累。
         C 电影《山路》
         X 参考资料：
         X 山路志/周小川著.—山城：山城出版社，2012",
    );
}

#[test]
fn pages_say_who_published_them_and_when() {
    let page = "<html><head><title>对话林远：路_山报</title><link rel=\"canonical\" href=\"https://a.example/road\"><script type=\"application/ld+json\">{\"@graph\":[{\"headline\":\"对话林远：路\",\"datePublished\":\"2024-05-06T08:00:00Z\",\"publisher\":{\"name\":\"山报\"}}]}</script></head><body><h1>对话林远：路</h1><p>山报：路呢？</p><p>林远：在山上。</p><p>山报：长吗？</p><p>林远：长。</p></body></html>";
    let front = reading("a.html", page).front;
    assert_eq!(front.title.as_deref(), Some("对话林远：路"));
    assert_eq!(front.publisher.as_deref(), Some("山报"));
    assert_eq!(front.date.as_deref(), Some("2024-05-06"));
    assert_eq!(front.url.as_deref(), Some("https://a.example/road"));
}

#[test]
fn questions_in_a_list_of_definitions() {
    check(
        "a.html",
        "<html><head><title>Interview: Rosa Lind</title></head><body><h1>Interview: Rosa Lind</h1><dl><dt>Where do you write?</dt><dd>I write at the kitchen table.</dd><dt>By hand?</dt><dd>Always.</dd></dl></body></html>",
        "W Rosa Lind
         Q Where do you write?
         A I write at the kitchen table.
         Q By hand?
         A Always.",
    );
}

#[test]
fn questions_in_a_colour_or_a_class_of_their_own() {
    check(
        "a.html",
        "<html><body><div id=content><p>问答林远</p><p><span style=\"color: rgb(0, 82, 255)\">路呢？</span></p><p><span style='color:#333'>我修好了。</span></p><p><span style=\"color: rgb(0, 82, 255)\">说说桥。</span></p><p><span style='color:#333'>桥还没有，木头不够。</span></p><p><span style=\"color: rgb(0, 82, 255)\">您还修吗？</span></p><p><span style='color:#333'>还修。</span></p></div></body></html>",
        "W 林远
         Q 路呢？
         A 我修好了。
         Q 说说桥。
         A 桥还没有，木头不够。
         Q 您还修吗？
         A 还修。",
    );
    check(
        "b.html",
        "<html><head><title>Interview with Ada Marsh</title></head><body><div><p class=ask>Why did you stay?</p><p class=say>I like the stones, and the road goes nowhere else.</p><p class=ask>Are you tired?</p><p class=say>My knees are.</p></div></body></html>",
        "W Ada Marsh
         Q Why did you stay?
         A I like the stones, and the road goes nowhere else.
         Q Are you tired?
         A My knees are.",
    );
}

#[test]
fn a_paragraph_in_two_languages_is_quoted_once() {
    check(
        "a.html",
        "<html><body><h1>Interview with Ada Marsh 阿达访谈</h1><p>Q: Where does the road go?</p><p>问：路通到哪里？</p><p>A: Down to the river, and back.</p><p>答：到河边，再回来。</p><p>Q: Who built it?</p><p>问：谁修的？</p><p>A: The people of the valley did.</p><p>答：谷里的人。</p></body></html>",
        "W Ada Marsh
         Q Where does the road go?
         A Down to the river, and back.
         Q Who built it?
         A The people of the valley did.
         X 问：路通到哪里？
         X 答：到河边，再回来。
         X 问：谁修的？
         X 答：谷里的人。",
    );
}

#[test]
fn a_table_of_questions_and_answers() {
    check(
        "a.html",
        "<html><body><h1>对话林远</h1><table><tr><th>问题</th><th>回答</th></tr><tr><td>路有多长？</td><td>我量过，十二公里。<br>来回二十四。</td></tr><tr><td>您量了几次？</td><td>三次。</td></tr></table></body></html>",
        "W 林远
         Q 路有多长？
         A 我量过，十二公里。
         A 来回二十四。
         Q 您量了几次？
         A 三次。
         X 问题	回答",
    );
}

#[test]
fn the_title_in_bold_type_and_the_names_of_pages_are_nobodys_words() {
    check(
        "a.html",
        "<html><head><title>Document1</title></head><body><p><b>专访林远：路停了，桥还在</b></p><p><b>记者：</b>路呢？</p><p><b>林远：</b>停了。</p><p>上一页 1 2 下一页</p><p>— 1 —</p><p><b>记者：</b>桥呢？</p><p><b>林远：</b>还在。</p><p>♦</p></body></html>",
        "W 林远
         Q 路呢？
         A 停了。
         Q 桥呢？
         A 还在。
         X 上一页 1 2 下一页
         X — 1 —
         X ♦",
    );
}

#[test]
fn lines_of_a_printed_page_are_joined() {
    let line = |text: &str| format!("<p>{text}</p>\n");
    let lines = [
        "记者：路修好以后，村里人都从哪里走，原来的山路还",
        "有人走吗？",
        "林远：原来的路还在，放羊的还走，老人也走，他们说",
        "新路硬，膝盖疼。我自己两条路都走，早上走旧的，晚",
        "— 1 —",
        "上走新的，这样一天就有来有回，路也不会觉得冷清。",
        "记者：您一个人修这条路修了那么多年，有没有人来帮",
        "过您？",
        "林远：有，头一年有七个人，第二年剩下三个，第三年",
        "就剩我和一条狗。狗不搬石头，可是它陪着，它往那里",
        "一趴，我就知道该歇了。后来路通了，七个人都回来了",
        "，在路口站成一排，谁也不好意思先走。",
    ];
    let page: String = lines.iter().map(|text| line(text)).collect();
    check(
        "a.html",
        &format!("<html><body><div>{page}</div></body></html>"),
        "W 林远
         Q 路修好以后，村里人都从哪里走，原来的山路还有人走吗？
         A 原来的路还在，放羊的还走，老人也走，他们说新路硬，膝盖疼。我自己两条路都走，早上走旧的，晚上走新的，这样一天就有来有回，路也不会觉得冷清。
         Q 您一个人修这条路修了那么多年，有没有人来帮过您？
         A 有，头一年有七个人，第二年剩下三个，第三年就剩我和一条狗。狗不搬石头，可是它陪着，它往那里一趴，我就知道该歇了。后来路通了，七个人都回来了，在路口站成一排，谁也不好意思先走。
         X — 1 —",
    );
}

#[test]
fn a_feed_holds_the_article_of_its_longest_entry() {
    check(
        "a.xml",
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>山路</title><item><title>对话林远</title><content:encoded><![CDATA[<p>问：桥呢？</p><p>答：修好了。</p><p>问：路呢？</p><p>答：也好了。</p>]]></content:encoded></item></channel></rss>",
        "W 林远
         Q 桥呢？
         A 修好了。
         Q 路呢？
         A 也好了。",
    );
}

#[test]
fn comments_below_and_notices_within_are_nobodys_answers() {
    check(
        "a.html",
        "<html><body><div><h1>专访林远</h1><p>记者：路呢？</p><p>林远：停了。</p><p>請繼續往下閱讀...</p><p>记者：桥呢？</p><p>林远：还在。</p><p>题图来自山路摄影社</p><p>网友评论</p><p>石头：说得好。</p><p>木头：桥好。</p></div></body></html>",
        "W 林远
         Q 路呢？
         A 停了。
         Q 桥呢？
         A 还在。
         X 請繼續往下閱讀...
         X 题图来自山路摄影社
         X 网友评论
         X 石头：说得好。
         X 木头：桥好。",
    );
}

#[test]
fn an_afterword_below_a_heading_is_not_the_last_answer() {
    check(
        "a.html",
        "<html><body><h1>专访林远</h1><p><b>记者：</b>路呢？</p><p><b>林远：</b>停了。</p><p><b>记者：</b>桥呢？</p><p><b>林远：</b>还在。</p><p>我天天去看。</p><h3>山路小记</h3><p>回城的路上下起了雨。</p></body></html>",
        "W 林远
         Q 路呢？
         A 停了。
         Q 桥呢？
         A 还在。
         A 我天天去看。
         X 山路小记
         X 回城的路上下起了雨。",
    );
}

#[test]
fn footnotes_and_their_numbers_are_not_spoken() {
    check(
        "a.html",
        "<html><body><h1>专访林远</h1><p>记者：路呢？</p><p>林远：停了<sup class=footnote-ref><a href=\"#fn1\">1</a></sup>。</p><p>记者：桥呢？</p><p>林远：还在。</p><section class=footnotes><p>1. 去年秋天。</p></section></body></html>",
        "W 林远
         Q 路呢？
         A 停了。
         Q 桥呢？
         A 还在。
         X 1. 去年秋天。",
    );
}

#[test]
fn a_sentence_in_another_style_below_a_picture_is_its_caption() {
    check(
        "a.html",
        "<html><body><h1>专访林远</h1><p>记者：路呢？</p><p>林远：停了，停了很久，我也不去想它了。</p><p><img src=a></p><p><span style='color:#999'>林远在看他的桥。</span></p><p>记者：桥呢？</p><p>林远：还在。</p><p><img src=b></p><p><span style='color:#999'>桥的南头。</span></p></body></html>",
        "W 林远
         Q 路呢？
         A 停了，停了很久，我也不去想它了。
         Q 桥呢？
         A 还在。
         C 林远在看他的桥。
         C 桥的南头。",
    );
}

#[test]
fn a_moderator_whose_label_is_set_like_the_others_is_no_answer() {
    check(
        "a.html",
        "<html><body><h1>林远谈山路</h1><p><b>山城日报记者：</b>路有多长？</p><p><b>林远：</b>十二公里。</p><p><b>司仪：</b>请继续。</p><p><b>谷底日报记者：</b>桥呢？</p><p><b>林远：</b>还在修。</p><p><b>司仪：</b>请下一位。</p><p><b>山城日报记者：</b>修多久？</p><p><b>林远：</b>一年。</p></body></html>",
        "W 林远
         Q 路有多长？
         A 十二公里。
         G 司仪|请继续。
         Q 桥呢？
         A 还在修。
         G 司仪|请下一位。
         Q 修多久？
         A 一年。",
    );
}
