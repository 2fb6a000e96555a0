import Domain
import Interchange
import Notation

/// What a row holds that no data set of questions and texts can carry, so that it is said.
///
/// Once a row and kind, so that a note counts rows: a trace holds the same picture in many of its spans.
struct ForeignLosses {
    private enum Kind: Hashable, CaseIterable {
        case images, sounds, files, toolTurns, users, sessions

        var words: String {
            switch self {
            case .images: "images in a conversation are not carried"
            case .sounds: "sound and video in a conversation are not carried"
            case .files: "files in a conversation are not carried"
            case .toolTurns: "what tools gave back within a conversation is not carried"
            case .users: "who the user was is not carried"
            case .sessions: "the session that a trace belongs to is not carried"
            }
        }

        var mend: String {
            switch self {
            case .images, .sounds, .files:
                "the app is asked by text alone; leave out rows that mean nothing without"
            case .toolTurns: "the app calls its tools anew; a recorded answer keeps the calls that it made"
            case .users: "ids name people; write a column of groups, where results are to be sliced by them"
            case .sessions:
                "the turns before a question are its history; write a column, where sessions are to be told apart"
            }
        }
    }

    private var found: Set<Kind> = []
    private var left = 200_000

    /// Adds a note for each kind that the row holds.
    ///
    /// - Parameter keepsPeople: Whether the format carries ids of users and sessions as columns.
    static func note(_ row: ForeignRow, keepsPeople: Bool, _ notes: inout ForeignNotes) {
        var losses = ForeignLosses()
        losses.look(.object(row.object), 0)
        for kind in Kind.allCases where losses.found.contains(kind) {
            if keepsPeople, kind == .users || kind == .sessions { continue }
            notes.add(.left, at: row.place, kind.words, mend: kind.mend)
        }
    }

    private mutating func look(_ value: JSONValue, _ depth: Int) {
        left -= 1
        guard depth < 24, left > 0 else { return }
        switch value {
        case .array(let elements): for element in elements { look(element, depth + 1) }
        case .string(let text):
            guard let first = text.utf8.first, first == 0x7B || first == 0x5B, text.utf8.count < 1 << 20
            else { return }
            if let inner = try? JSONValue.parse(text), inner.objectValue != nil || inner.arrayValue != nil {
                look(inner, depth + 4)
            }
        case .object(let object):
            for member in object.members {
                // What a tool was called with is data of the app, whatever its members are named.
                if Self.arguments.contains(member.key) { continue }
                judge(member)
                look(member.value, depth + 1)
            }
        default: return
        }
    }

    private static let arguments: Set<String> = [
        "arguments", "args", "parameters", "input_parameters", "inputParameters", "functionCall",
        "function_call",
    ]

    private mutating func judge(_ member: JSONObject.Member) {
        guard ForeignRow.says(member.value) else { return }
        switch last(member.key) {
        case "type", "mime_type", "mimetype", "media_type", "mediatype":
            if let text = member.value.stringValue { take(kind: text) }
        case "role":
            if let role = member.value.stringValue, ["tool", "function"].contains(role) {
                found.insert(.toolTurns)
            }
        case "image_url", "inline_data": found.insert(.images)
        case "input_audio": found.insert(.sounds)
        case "user_id", "userid": found.insert(.users)
        case "session_id", "sessionid": found.insert(.sessions)
        case "id":
            if isOf("user", member.key) || isOf("enduser", member.key) { found.insert(.users) }
            if isOf("session", member.key) { found.insert(.sessions) }
        case "user", "enduser": if member.value["id"] != nil { found.insert(.users) }
        case "session": if member.value["id"] != nil { found.insert(.sessions) }
        default: break
        }
    }

    private mutating func take(kind text: String) {
        let text = text.lowercased()
        switch text {
        case "image", "image_url", "input_image", "image-url": found.insert(.images)
        case "audio", "input_audio", "video", "input_video": found.insert(.sounds)
        case "file", "input_file", "document_url": found.insert(.files)
        case "tool_result", "tool-result", "function_call_output", "tool_call_response":
            found.insert(.toolTurns)
        default:
            if text.hasPrefix("image/") { found.insert(.images) }
            if text.hasPrefix("audio/") || text.hasPrefix("video/") { found.insert(.sounds) }
            if text.hasPrefix("application/pdf") { found.insert(.files) }
        }
    }

    /// `message.role` of `llm.input_messages.0.message.role`, as `role`.
    private func last(_ key: String) -> String {
        let lower = key.lowercased()
        return lower.split(separator: ".").last.map(String.init) ?? lower
    }

    private func isOf(_ owner: String, _ key: String) -> Bool { key.lowercased().hasSuffix(owner + ".id") }
}
