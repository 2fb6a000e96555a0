import Reporting
import Testing

@Suite struct BuilderTests {
    @Test(arguments: [
        ("plain", "plain"), ("a < b & c > \"d\" 'e'", "a &lt; b &amp; c &gt; &quot;d&quot; &#39;e&#39;"),
        ("]]>", "]]&gt;"), ("one\r\ntwo", "one\ntwo"), ("漢 é", "漢 é"),
        ("\u{202E}", "<span class=\"esc\">\\u{202E}</span>"), ("a\rb", "a<span class=\"esc\">\\u{D}</span>b"),
    ])
    func textIsEscapedByConstruction(_ text: String, _ html: String) {
        var builder = HTMLBuilder()
        builder.text(text)
        #expect(builder.string == html)
    }

    @Test func attributesAreQuotedAndKeepTheirLines() {
        var builder = HTMLBuilder()
        builder.element("p", .title("\"> <b>\n\u{0}"), text: "x")
        #expect(builder.string == "<p title=\"&quot;&gt; &lt;b&gt;&#10;\\u{0}\">x</p>")
    }

    @Test func markdownGetsNoLineOfItsOwn() {
        var builder = HTMLBuilder(for: .markdown)
        builder.text("a\n\n# b\t|")
        #expect(builder.string == "a&#10;&#10;# b&#9;|")
    }

    @Test(arguments: [
        ("GD-042", "GD-042"), ("a b", "a_20_b"), ("javascript:x", "javascript_3a_x"), ("a_b", "a_5f_b"),
    ])
    func namesWithinThePageHoldOnlyPlainSigns(_ name: String, _ anchor: String) {
        var builder = HTMLBuilder()
        builder.element("a", .to(name), text: "")
        #expect(builder.string == "<a href=\"#\(anchor)\"></a>")
    }

    @Test(
        arguments: [
            (0, "0"), (1.005, "1"), (-0.25, "-0.25"), (12.5, "12.5"), (0.07, "0.07"), (Double.nan, "0"),
            (1e300, "0"),
        ] as [(Double, String)])
    func coordinatesAreShort(_ value: Double, _ text: String) {
        var builder = HTMLBuilder()
        builder.void("rect", .number("x", value))
        #expect(builder.string == "<rect x=\"\(text)\"/>")
    }
}
