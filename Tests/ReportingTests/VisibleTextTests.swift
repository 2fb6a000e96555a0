import Reporting
import Testing

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("\u{1B}[31m", "\\u{1B}[31m"), ("\u{202E}abc\u{202C}", "\\u{202E}abc\\u{202C}"),
        ("a\u{200B}b", "a\\u{200B}b"), ("nul\0", "nul\\u{0}"), ("\u{9B}2J", "\\u{9B}2J"),
        ("a\tb\n", "a\tb\n"),
        ("x\r\ny\rz\r", "x\ny\\u{D}z\\u{D}"), ("\u{E0041}", "\\u{E0041}"), ("\u{FFFF}", "\\u{FFFF}"),
        ("soft\u{AD}hyphen", "soft\\u{AD}hyphen"), ("👩\u{200D}👧", "👩\u{200D}👧"),
        ("نی\u{200C}م", "نی\u{200C}م"),
    ])
    func whatCannotBeSeenIsMadeVisible(_ text: String, _ shown: String) {
        #expect(VisibleText.lines(text) == shown)
    }

    @Test func aTowerOfMarksIsCutAndCounted() {
        let tower = "z" + String(repeating: "\u{301}", count: 100)
        #expect(
            VisibleText.lines(tower + "a") == "z" + String(repeating: "\u{301}", count: 8) + "[+92 marks]a")
    }

    @Test(arguments: [("  a \n b\t\tc  ", "a b c"), ("", ""), ("\n\n", ""), ("a", "a")])
    func oneLineFoldsSpace(_ text: String, _ line: String) {
        #expect(VisibleText.line(text) == line)
    }

    @Test func cutsCountScalars() {
        #expect(VisibleText.cut("abcdef", to: 4).head == "abcd")
        #expect(VisibleText.cut("abcdef", to: 4).left == 2)
        #expect(VisibleText.cut("abcd", to: 4).left == 0)
        // One character, but a hundred scalars.
        #expect(VisibleText.cut("z" + String(repeating: "\u{301}", count: 99), to: 10).left == 90)
        #expect(VisibleText.excerpt("one two three", to: 7) == "one two…")
        #expect(VisibleText.excerpt("one two", to: 7) == "one two")
    }

    /// Half an escape would name another scalar.
    @Test(arguments: [(4, "a…"), (8, "a…"), (9, "a\\u{202E}…"), (10, "a\\u{202E}b…"), (11, "a\\u{202E}bc")])
    func noEscapeIsCutInHalf(_ limit: Int, _ shown: String) {
        #expect(VisibleText.excerpt("a\u{202E}bc", to: limit) == shown)
    }

    /// Widths by `wcswidth` of the Python package wcwidth 0.2 and later (Unicode 15 and later).
    @Test(arguments: [
        ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("한글", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("👩‍👩‍👧‍👦", 2),
        ("🇩🇪", 2),
        ("❤️", 2), ("✓ ✗", 3), ("ｱ", 1), ("Ａ", 2), ("שלום", 4), ("\u{200B}", 0), ("−0.049", 6), ("", 0),
    ])
    func widthIsThatOfATerminal(_ text: String, _ columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }
}
