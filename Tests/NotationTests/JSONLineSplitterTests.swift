import Testing

@testable import Notation

struct JSONLineSplitterTests {
    private func split(_ text: String, chunk: Int, limit: Int = 100) throws -> [String] {
        var splitter = JSONLineSplitter(maximumLineBytes: limit)
        var lines: [String] = []
        let bytes = Array(text.utf8)
        let take = { (number: Int, line: UnsafeBufferPointer<UInt8>) in
            lines.append("\(number):" + String(decoding: line, as: UTF8.self))
        }
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try splitter.feed(Array(bytes[start..<min(start + chunk, bytes.count)]), take)
        }
        try splitter.finish(take)
        return lines
    }

    @Test(arguments: [
        ("a\nb\n", ["1:a", "2:b"]), ("a\r\nb", ["1:a", "2:b"]), ("\u{FEFF}{}\n[]\n", ["1:{}", "2:[]"]),
        ("\n\n x\n \t\r\ny", ["3: x", "5:y"]), ("", []), ("\u{FEFF}", []), ("a\rb\n", ["1:a\rb"]),
        ("{\"k\":\"ü\"}\n\u{FEFF}b", ["1:{\"k\":\"ü\"}", "2:\u{FEFF}b"]),
    ])
    func cutsTheSameLinesWhateverTheChunks(text: String, expected: [String]) throws {
        for chunk in 1...12 { #expect(try split(text, chunk: chunk) == expected, "chunks of \(chunk)") }
    }

    @Test func namesTheLineThatIsTooLong() throws {
        for chunk in [1, 3, 100] {
            #expect(try split("12345\n1234\r\n", chunk: chunk, limit: 5) == ["1:12345", "2:1234"])
            let error = #expect(throws: JSONLineSplitter.LineTooLong.self) {
                try split("1\n2\n1234567890\n", chunk: chunk, limit: 5)
            }
            #expect(error?.line == 3)
            #expect(throws: JSONLineSplitter.LineTooLong.self) { try split("123456", chunk: chunk, limit: 5) }
        }
    }
}
