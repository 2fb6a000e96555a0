import Notation
import Testing

@Suite struct JSONGrammarTests {
    /// JSONTestSuite: what must be accepted, and what must not, where it is text at all.
    @Test func acceptsAndRefusesWhatTheSuiteSays() throws {
        var counts: [String: Int] = [:]
        for item in try JSONReaderTests.suite() where !item.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            guard let text = String(validating: item.bytes, as: UTF8.self) else { continue }
            counts[item.expect, default: 0] += 1
            let accepted = JSONGrammar.accepts(text)
            if "yn".contains(item.expect) { #expect(accepted == (item.expect == "y"), "\(item.name)") }
        }
        #expect((counts["y"] ?? 0) >= 90 && (counts["n"] ?? 0) >= 150, "\(counts)")
    }

    /// What the reader takes is of the grammar; what it refuses is not, but for its own limits.
    @Test func agreesWithTheReader() throws {
        for item in try JSONReaderTests.suite() {
            guard let text = String(validating: item.bytes, as: UTF8.self), text.first != "\u{FEFF}" else {
                continue
            }
            do throws(JSONError) {
                _ = try JSONValue.parse(text)
                #expect(JSONGrammar.accepts(text), "\(item.name)")
            } catch {
                switch error.reason {
                case .tooDeep, .tooLarge, .numberOutOfRange, .loneSurrogate: break
                default: #expect(!JSONGrammar.accepts(text), "\(item.name): \(error)")
                }
            }
        }
    }

    @Test func depthIsNoMatter() {
        let depth = 1_000_000
        let closed = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(JSONGrammar.accepts(closed))
        #expect(!JSONGrammar.accepts(String(closed.dropLast())))
        #expect(!JSONGrammar.accepts(closed + "]"))
        let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(JSONGrammar.accepts(objects))
        #expect(!JSONGrammar.accepts(objects.replacing("1}", with: "1]")))
    }

    @Test(arguments: [
        ("1e999", true), (#""\ud800""#, true), (#"{"a":1,"a":2}"#, true), ("-", false), ("-x", false),
        ("1e", false),
        ("{\"a\":1,}", false), ("[1 2]", false), ("", false), ("\"\\", false), ("\"\\u12", false),
        ("nul", false),
        (" [ ] ", true), ("{} x", false), ("[,1]", false), ("{1:2}", false),
    ])
    func edges(text: String, accepted: Bool) { #expect(JSONGrammar.accepts(text) == accepted) }
}
