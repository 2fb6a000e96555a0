import Domain
import Notation

/// An answer with its body read as JSON, where it is some.
public struct AnswerView: Sendable {
    public let answer: WebAnswer
    /// The body's JSON, or why there is none.
    public let body: Result<JSONValue, Unreadable>

    public struct Unreadable: Error, Sendable, Hashable {
        public let why: String
    }

    public init(_ answer: WebAnswer) {
        self.answer = answer
        guard answer.body.contains(where: { $0 > 0x20 }) else {
            body = .failure(Unreadable(why: answer.body.isEmpty ? "the body is empty" : "the body is blank"))
            return
        }
        do throws(JSONError) {
            body = .success(try JSONValue.parse(answer.body, limits: JSONLimits(bytes: answer.body.count)))
        } catch {
            let place = "\(error.mark.line):\(error.mark.column)"
            body = .failure(Unreadable(why: "the body is no JSON: \(error.cause), at \(place)"))
        }
    }

    /// The value at a place; nil where there is none.
    public func value(at pointer: JSONPointer) -> JSONValue? {
        guard case .success(let root) = body else { return nil }
        return pointer.value(in: root)
    }

    /// What a capture keeps of it.
    ///
    /// - Throws: Why there is nothing to keep.
    public func value(of capture: StepCapture) throws(Unreadable) -> JSONValue {
        let found: JSONValue
        switch capture.source {
        case .status: found = .integer(Int64(answer.status))
        case .text: found = .string(String(decoding: answer.body, as: UTF8.self))
        case .header(let name):
            guard let value = answer.values(of: name).first else {
                throw Unreadable(why: "the answer has no header '\(name)'")
            }
            found = .string(value)
        case .at(let pointer):
            let root = try body.get()
            do throws(JSONPointerError) { found = try pointer.evaluate(in: root) } catch {
                throw Unreadable(why: error.message)
            }
            if found.isNull { throw Unreadable(why: "there is null at '\(pointer)'") }
        }
        guard let pattern = capture.pattern else { return found }
        guard let text = StepScope.scalar(found) else {
            throw Unreadable(why: "a pattern looks into texts, and there is \(withArticle(found.typeName))")
        }
        guard let part = PatternMatch.first(pattern, in: text) else {
            throw Unreadable(why: "the pattern '\(pattern)' matches nothing there")
        }
        return .string(part)
    }
}
