import Domain
import Notation

/// Reads what a metric of the user's own answers: `{"score": 0.8}`, of one that passes or fails `true` and `false` too,
/// `{"not_applicable": "why"}`, `{"error": "why"}`.
enum CustomReply {
    static func read(_ bytes: [UInt8], isPassFail: Bool, secrets: [String] = []) -> CustomScore {
        let excerpt = Excerpt(secrets: secrets)
        guard let value = try? JSONValue.parse(bytes, limits: JSONLimits(bytes: max(1, bytes.count))),
            value.objectValue != nil
        else {
            return .failed(
                "its answer is no JSON object; it begins '\(excerpt.of(bytes))' (logs belong on standard error)"
            )
        }
        if let error = value["error"], !error.isNull {
            let words = error.stringValue ?? error["message"]?.stringValue ?? "no reason given"
            return .failed("it answered with an error: '\(excerpt.of(words))'")
        }
        if let why = value["not_applicable"], !why.isNull {
            return .inapplicable(why.stringValue.map { excerpt.of($0) } ?? "it says so")
        }
        if let flag = value["score"]?.boolValue {
            guard isPassFail else {
                return .failed(
                    "its 'score' is \(flag), not a number; one that is true or false has 'pass_fail: true'")
            }
            return .score(flag ? 1 : 0)
        }
        guard let score = value["score"]?.doubleValue else {
            return .failed("its answer has no number 'score'")
        }
        return .score(score)
    }
}
