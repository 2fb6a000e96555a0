import Domain
import Notation

/// Reads feedback as apps post it.
///
/// An object with `request_id` and at least one thing said: `thumb` (`up`, `down`), `escalated`, `resolved`,
/// `overridden` (true or false), and free members, whose names and texts are bounded. What is known under a known name
/// and of another type is refused, not taken for free.
public enum FeedbackReader {
    /// Why a post is refused: a sentence for whoever sent it; nothing of its content but names.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Bytes of a post, free members, and bytes of one of them as JSON.
    public static let mostBytes = 16 * 1024
    public static let mostMembers = 32
    public static let longestMember = 4096

    /// - Parameter received: When it came, in microseconds since 1970.
    public static func read(_ body: [UInt8], received: Int) throws(Problem) -> Feedback {
        guard body.count <= mostBytes else {
            throw Problem(description: "feedback is at most \(mostBytes) bytes, not \(body.count)")
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(body) } catch {
            throw Problem(description: "feedback is a JSON object; this is no JSON: \(error.cause)")
        }
        guard case .object(let object) = value else {
            throw Problem(description: "feedback is a JSON object, not \(withArticle(value.typeName))")
        }
        guard let request = object["request_id"]?.stringValue, isID(request) else {
            throw Problem(
                description:
                    "'request_id' is missing or no id: it is the answer's X-Request-ID, 1 to 128 visible "
                    + "ASCII characters")
        }
        var feedback = Feedback(request: request, received: received)
        if let thumb = object["thumb"], !thumb.isNull {
            guard let word = thumb.stringValue, let known = Feedback.Thumb(rawValue: word) else {
                throw Problem(description: "'thumb' is \"up\" or \"down\"")
            }
            feedback.thumb = known
        }
        feedback.isEscalated = try flag("escalated", object)
        feedback.isResolved = try flag("resolved", object)
        feedback.isOverridden = try flag("overridden", object)
        for member in object.members where !known.contains(member.key) {
            guard feedback.fields.count < mostMembers else {
                throw Problem(description: "feedback has at most \(mostMembers) members of its own")
            }
            guard (1...64).contains(member.key.utf8.count) else {
                throw Problem(description: "the name of a member is 1 to 64 bytes")
            }
            guard member.value.bytes().count <= longestMember else {
                throw Problem(
                    description: "'\(shortened(member.key))' is longer than \(longestMember) bytes as JSON")
            }
            feedback.fields[member.key] = member.value
        }
        let says =
            feedback.thumb != nil || feedback.isEscalated != nil || feedback.isResolved != nil
            || feedback.isOverridden != nil || !feedback.fields.isEmpty
        guard says else {
            throw Problem(
                description:
                    "feedback says at least one of 'thumb', 'escalated', 'resolved', 'overridden', or a "
                    + "member of its own")
        }
        return feedback
    }

    private static let known: Set<String> = ["request_id", "thumb", "escalated", "resolved", "overridden"]

    private static func isID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func flag(_ name: String, _ object: JSONObject) throws(Problem) -> Bool? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let flag = value.boolValue else {
            throw Problem(description: "'\(name)' is true or false, not \(withArticle(value.typeName))")
        }
        return flag
    }
}
