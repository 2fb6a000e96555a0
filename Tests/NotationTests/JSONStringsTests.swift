import Notation
import Testing

/// Texts are changed where they stand, and no other byte is.
@Suite struct JSONStringsTests {
    private func rewritten(
        _ text: String, _ replace: ([String], JSONStrings.Token) -> String?
    ) -> String? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            JSONStrings.rewriting(bytes, replace).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func onlyTheTextItselfChanges() {
        let row = "{ \"a\" :[1.50,\"x\" , {\"b\":\"x\\u0041\\\"\"}],\"n\":1e5, \"a\": \"x\" }\r"
        var seen: [String] = []
        let new = rewritten(row) { path, token in
            switch token {
            case .key(let name): seen.append("key " + name)
            case .number(let digits): seen.append("/" + path.joined(separator: "/") + " # " + digits)
            case .string(let text):
                seen.append("/" + path.joined(separator: "/") + " = " + text)
                return text == "x" ? "y\n" : nil
            }
            return nil
        }
        #expect(
            new
                == "{ \"a\" :[1.50,\"y\\n\" , {\"b\":\"x\\u0041\\\"\"}],\"n\":1e5, \"a\": \"y\\n\" }\r")
        #expect(
            seen == [
                "key a", "/a/0 # 1.50", "/a/1 = x", "key b", "/a/2/b = xA\"", "key n", "/n # 1e5", "key a",
                "/a = x",
            ])
        #expect(rewritten(row) { _, _ in nil } == nil)
    }

    /// What stands in the new text is what a reader finds, whatever it holds.
    @Test(arguments: ["", "\"", "\\", "a\u{0}b", "\u{2028}", "é田", "\u{1F600}"])
    func whatIsPutInIsReadBack(_ text: String) throws {
        let new = try #require(
            rewritten("{\"k\": [\"old\"], \"é\": {}}") { _, token in
                token == .string("old") ? text : nil
            })
        #expect(try JSONValue.parse(new)["k"]?[0] == .string(text))
    }

    @Test(arguments: [
        "", "{", "[", "\"", "{\"a\"", "{\"a\":", "[1,", "}", "{]", "\"\\", "[\"a\\", ":::", "{\"a\":}",
    ])
    func bytesThatAreNoJSONEnd(_ text: String) {
        _ = rewritten(text) { _, _ in "z" }
    }
}
