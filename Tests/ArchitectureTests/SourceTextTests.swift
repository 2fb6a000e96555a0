import Testing

/// Code is told apart from comments and from the text of literals.
@Suite struct SourceTextTests {
    struct Sample: CustomTestStringConvertible {
        let text: String
        let code: [String]
        var comments: [String]?
        var testDescription: String { text }
    }

    static let samples = [
        Sample(text: "a // b", code: ["a "], comments: ["// b"]),
        Sample(text: "a /* b */ c", code: ["a  c"], comments: ["/* b */"]),
        Sample(text: "/* a /* b */ c\nd */ e", code: ["", " e"], comments: ["/* a /* b */ c", "d */"]),
        Sample(text: "f(\"a // b\", c)", code: ["f(\"\", c)"], comments: [""]),
        Sample(text: "\"a \\\" b\" + c", code: ["\"\" + c"]),
        Sample(text: "\"a \\(b + f(\"c\")) d\" + e", code: ["\"\\(b + f(\"\"))\" + e"]),
        Sample(text: "#\"a \" \\(b) \\#(c)\"# + d", code: ["#\"\\#(c)\"# + d"]),
        Sample(
            text: "\"\"\"\n  a \" // b \\\n  \\(c)\n  \"\"\" + d",
            code: ["\"\"\"", "", "\\(c)", "\"\"\" + d"]),
        Sample(text: "#\"\"\"\na \"\"\" b\n\"\"\"# + c", code: ["#\"\"\"", "", "\"\"\"# + c"]),
        Sample(text: "#if DEBUG\na\n#endif", code: ["#if DEBUG", "a", "#endif"]),
    ]

    @Test(arguments: samples)
    func literalsAreEmptiedAndInterpolationsAreCode(_ sample: Sample) {
        let text = SourceText(file: "A.swift", text: sample.text)
        #expect(text.code == sample.code)
        #expect(text.comments.count == text.code.count)
        if let comments = sample.comments { #expect(text.comments == comments) }
    }
}
