import Testing
import Text

/// What is not seen in an address, a number or a name must not hide half of it.
@Suite struct HiddenSensitiveTests {
    static let hiders = [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{200E}", "\u{202E}",
        "\u{2066}",
        "\u{34F}", "\u{FE0F}", "\u{E0041}",
    ]
    static let things: [(SensitiveKind, String)] = [
        (.mail, "kim.lee@example.com"), (.phone, "+49 30 23125 123"), (.card, "4111 1111 1111 1111"),
        (.account, "DE89 3704 0044 0532 0130 00"), (.name, "Anna Schmidt"),
    ]
    private let finder: SensitiveFinder

    init() throws { finder = try SensitiveFinder(names: ["Anna Schmidt"]) }

    @Test(arguments: hiders, things) func nothingOfItIsLeft(
        hider: String, thing: (SensitiveKind, String)
    ) throws {
        let plain = try finder.replacing(in: "Write to \(thing.1), please.") { kind, _ in "<\(kind.word)>" }
        #expect(plain.text == "Write to <\(thing.0.word)>, please.")
        let signs = Array(thing.1)
        for place in 1..<signs.count {
            let hidden = String(signs[..<place]) + hider + String(signs[place...])
            var found: [String] = []
            let text = try finder.replacing(in: "Write to \(hidden), please.") { kind, text in
                found.append(text)
                return "<\(kind.word)>"
            }
            #expect(text.text == "Write to <\(thing.0.word)>, please.", "\(place)")
            #expect(found == [thing.1])
        }
    }

    @Test func fullWidthFormsAreTheSame() throws {
        for (kind, thing) in Self.things {
            let scalars = thing.unicodeScalars.map { scalar in
                scalar == " " ? "\u{3000}" : Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar
            }
            let wide = String(String.UnicodeScalarView(scalars))
            let text = try finder.replacing(in: "a \(wide) b") { kind, text in
                #expect(text == thing)
                return "<\(kind.word)>"
            }
            #expect(text.text == "a <\(kind.word)> b")
        }
    }

    /// What was found in the text as it stands is found still, where the plain form reads otherwise.
    @Test func whatStandsPlainIsFoundAsBefore() throws {
        let text = "Anna Schmidt\u{200B}Kim kim@example.com\u{200B}1"
        let done = try finder.replacing(in: text) { kind, _ in "<\(kind.word)>" }
        #expect(!done.text.contains("Schmidt") && !done.text.contains("kim@"), "\(done.text)")
        let clean = "Grüße \u{1F469}\u{200D}\u{1F4BB} aus Köln"
        #expect(try finder.replacing(in: clean) { _, _ in "X" }.text == clean)
    }
}
