import Domain
import Notation
import Text

/// Makes a verdict of what a judge wrote, or says why it is none.
///
/// Tolerant of form, strict of content. Taken away: thinking (`<think>…</think>` and its likes), code fences, prose
/// around the object, trailing commas, Python's `True`, letter case of fixed words, numbers and truths written as
/// texts, members nobody asked for. Refused: no object that fits; several that fit and differ; thinking that does not
/// end; a reason that says another verdict than the verdict.
public enum VerdictReader {
    /// Raised where the same answer comes to be read otherwise: judgements kept before are then asked for anew.
    public static let version = 2

    /// The verdict on a question: valid by its schema, and by what it checks beyond that.
    public static func read(
        _ text: String, for question: JudgeQuestion, isCut: Bool = false
    ) -> Result<JSONObject, JudgeProblem> {
        read(text, schema: question.schema, isCut: isCut).flatMap { verdict in
            question.problem(with: verdict).map { .failure($0) } ?? .success(verdict)
        }
    }

    /// - Parameters:
    ///   - text: The judge's answer.
    ///   - schema: What the verdict has to be valid by.
    ///   - isCut: Whether the answer ended at its limit of tokens.
    public static func read(
        _ text: String, schema: JSONValue, isCut: Bool = false
    ) -> Result<JSONObject, JudgeProblem> {
        if isCut { return .failure(.unparsable("it was cut off at the limit of tokens; raise max_tokens")) }
        let plain: String
        switch withoutThinking(text) {
        case .some(let found): plain = found
        case nil: return .failure(.unparsable("its thinking does not end; raise max_tokens"))
        }
        if plain.utf8.allSatisfy({ $0 <= 0x20 }) { return .failure(.unparsable("it is empty")) }
        let bytes = Array(plain.utf8)
        var found: [JSONObject] = []
        var near: String?
        var objects = 0
        for range in objectRanges(in: bytes) {
            objects += 1
            let slice = Array(bytes[range])
            guard let value = parsed(slice) ?? parsed(repaired(slice)) else {
                near = near ?? "its object is no JSON"
                continue
            }
            switch SchemaFit.fit(value, schema, at: "") {
            case .success(.object(let object)):
                if !found.contains(object) { found.append(object) }
            case .success: near = near ?? "it is no object"
            case .failure(let problem): near = near ?? problem.cause
            }
        }
        if found.count > 1 { return .failure(.unparsable("it gives \(found.count) verdicts that differ")) }
        guard let verdict = found.first else {
            if objects == 0, bytes.contains(UInt8(ascii: "{")) {
                return .failure(.unparsable("its object does not end"))
            }
            return .failure(.unparsable(near ?? "it holds no JSON object"))
        }
        return .success(verdict)
    }

    private static func parsed(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONValue.parse(bytes, limits: JSONLimits(depth: 32, bytes: 1 << 20, refusesRepeatedKeys: true))
    }

    // MARK: Thinking

    private static let thinking = ["think", "thinking", "reasoning", "thought", "analysis", "scratchpad"]

    /// The text without the parts in which the judge talks to itself; nil where one of them does not end.
    private static func withoutThinking(_ text: String) -> String? {
        var text = text
        for word in thinking {
            let (open, close) = ("<\(word)>", "</\(word)>")
            while let start = text.firstRange(of: open) {
                guard let end = text[start.upperBound...].firstRange(of: close) else { return nil }
                text.replaceSubrange(start.lowerBound..<end.upperBound, with: " ")
            }
            // Some servers keep the opening word to themselves.
            if let end = text.firstRange(of: close) { text.removeSubrange(..<end.upperBound) }
        }
        return text
    }

    // MARK: Objects

    /// Where the outermost `{…}` stand, quotes heeded.
    private static func objectRanges(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "{") else {
                index += 1
                continue
            }
            if let end = objectEnd(bytes, from: index) {
                ranges.append(index..<end)
                index = end
            } else {
                index += 1
            }
            // A text of nothing but braces is no verdict.
            if ranges.count > 64 { break }
        }
        return ranges
    }

    private static func objectEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var isQuoted = false
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted {
                if byte == UInt8(ascii: "\\") {
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index + 1 }
            }
            index += 1
        }
        return nil
    }

    /// Without trailing commas, with JSON's own words, and with line feeds in texts escaped.
    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16)
        var isQuoted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted {
                switch byte {
                case UInt8(ascii: "\\"):
                    out.append(byte)
                    index += 1
                    if index < bytes.count { out.append(bytes[index]) }
                case UInt8(ascii: "\""):
                    isQuoted = false
                    out.append(byte)
                case 0x0A: out += Array("\\n".utf8)
                case 0x09: out += Array("\\t".utf8)
                case 0x00...0x1F: break
                default: out.append(byte)
                }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
                out.append(byte)
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                while let last = out.last, last <= 0x20 { out.removeLast() }
                if out.last == UInt8(ascii: ",") { out.removeLast() }
                out.append(byte)
            } else if let (word, json) = python.first(where: { bytes[index...].starts(with: $0.0) }) {
                out += json
                index += word.count - 1
            } else {
                out.append(byte)
            }
            index += 1
        }
        return out
    }

    private static let python: [([UInt8], [UInt8])] = [
        (Array("True".utf8), Array("true".utf8)), (Array("False".utf8), Array("false".utf8)),
        (Array("None".utf8), Array("null".utf8)),
    ]
}
