import Digest
import Domain
import Interchange
import Notation

/// Reads rows of feedback, and of recorded requests with their answers, as sightings of what went wrong.
///
/// The input stands under any name of a data set's table (`query`, `question`, `messages` …), or within `request` or
/// `input`. What went wrong is read from columns that say so; see `docs/dataset.md`.
public struct SightingReader: Sendable {
    /// What a row said.
    public enum Outcome: Sendable {
        case sighting(Candidate)
        /// Praise, or a feedback that says nothing.
        case nothing
        /// A vote in words that are neither praise nor complaint, in a column of that name.
        case unknownVote(column: String)
        case unreadable(cause: String, mend: String)
    }

    private let columns: Set<String>
    private let reference: @Sendable (String) -> String

    /// - Parameters:
    ///   - columns: Columns of the user's own that are kept: those the set, or the policy's slices, know.
    ///   - reference: A mark that tells a row from others and gives nothing of it away.
    public init(columns: Set<String>, reference: @escaping @Sendable (String) -> String) {
        self.columns = columns
        self.reference = reference
    }

    /// - Parameters:
    ///   - source: The file's name, as the signal shall say it.
    ///   - isTraffic: Whether a row without any complaint is one all the same: it was seen.
    public func read(_ row: JSONObject, source: String, isTraffic: Bool) -> Outcome {
        let flat = flattened(row)
        var input = JSONObject()
        for member in flat.members where isInput(member.key) { input[member.key] = member.value }
        let bytes = JSONValue.object(input).bytes()
        let (examples, reader) = DatasetReader.read([(name: source, bytes: bytes)])
        guard let example = examples.first, example.query.utf8.contains(where: { $0 > 0x20 }) else {
            let problem = reader.problems.first { $0.severity == .error }
            return .unreadable(
                cause: problem?.cause ?? "the row has no query", mend: problem?.mend ?? "add \"query\": \"…\""
            )
        }
        var candidate = Candidate(query: example.query)
        candidate.history = example.history
        candidate.context = example.context
        candidate.columns = example.columns
        if let category = example.category {
            candidate.columns.append(Example.Column(name: "category", value: category))
        }
        candidate.observed = (observed(flat) ?? example.references.first).map { [$0] } ?? []
        candidate.correction = text(flat, Self.corrections)
        let signals = signals(flat, source: source, row: row, isTraffic: isTraffic)
        guard !signals.isEmpty else {
            let vote = flat.members.first { isUnknownVote(normal($0.key), $0.value) }
            return vote.map { .unknownVote(column: $0.key) } ?? .nothing
        }
        candidate.signals = signals
        return .sighting(candidate)
    }

    private func isInput(_ name: String) -> Bool {
        switch DatasetField(column: name) {
        case .query?, .history?, .messages?, .context?, .category?: true
        case nil: columns.contains(name) && !Self.own.contains(normal(name))
        default: false
        }
    }

    /// The members of `request` or `input`, where the row itself asks nothing.
    private func flattened(_ row: JSONObject) -> JSONObject {
        let asks = row.members.contains { member in
            let field = DatasetField(column: member.key)
            return (field == .query && member.value.stringValue != nil) || field == .messages
        }
        guard !asks else { return row }
        var flat = JSONObject()
        for member in row.members {
            let inner = ["request", "input", "body"].contains(member.key) ? member.value.objectValue : nil
            guard let inner else {
                flat[member.key] = member.value
                continue
            }
            for member in (inner["body"]?.objectValue ?? inner).members { flat[member.key] = member.value }
        }
        return flat
    }

    // MARK: What the app said

    private func observed(_ row: JSONObject) -> String? {
        for name in ["answer", "response", "output", "actual_output", "completion", "prediction", "text"] {
            guard let value = row[name] else { continue }
            if let text = value.stringValue { return text }
            let body = value["body"] ?? value
            for inner in ["answer", "text", "output", "content"] {
                if let text = body[inner]?.stringValue { return text }
            }
            if let text = body["choices"]?[0]?["message"]?["content"]?.stringValue { return text }
        }
        return nil
    }

    private func failure(_ row: JSONObject) -> String? {
        if let error = row["error"], !error.isNull, error != false {
            return "the app failed" + (status(row).map { ": status \($0)" } ?? "")
        }
        guard let status = status(row), status >= 400 else { return nil }
        return "the app failed: status \(status)"
    }

    private func status(_ row: JSONObject) -> Int? {
        row["status"]?.intValue ?? row["response"]?["status"]?.intValue
    }

    // MARK: What somebody said of it

    private func signals(
        _ row: JSONObject, source: String, row whole: JSONObject, isTraffic: Bool
    ) -> [Candidate.Signal] {
        var kinds: [(kind: CandidateSignal, note: String)] = []
        let comment = text(row, Self.comments) ?? ""
        if let said = value(row, Self.misses), isYes(said) {
            kinds.append((.reportedMiss, said.stringValue.flatMap { isWord($0) ? nil : $0 } ?? comment))
        }
        if text(row, Self.corrections) != nil { kinds.append((.correction, comment)) }
        if isDown(row) { kinds.append((.thumbsDown, comment)) }
        if let failure = failure(row) { kinds.append((.unmeasured, failure)) }
        if kinds.isEmpty, isTraffic { kinds.append((.exchange, "")) }
        let name = named(row) ?? String(decoding: JSONValue.object(whole).canonicalBytes, as: UTF8.self)
        return kinds.map { kind, note in
            Candidate.Signal(
                kind, source: source, reference: reference("\(kind.rawValue)\n\(name)"),
                at: moment(of: row),
                note: note)
        }
    }

    /// A day with or without its time, and nothing else: it is kept as it stands.
    private func moment(of row: JSONObject) -> String? {
        guard let text = text(row, Self.times), text.utf8.count <= 40, Day(text) != nil else { return nil }
        return text.utf8.allSatisfy { "0123456789-:/TZtz.+ ".utf8.contains($0) } ? text : nil
    }

    private func isDown(_ row: JSONObject) -> Bool {
        row.members.contains { isDown(normal($0.key), $0.value) }
    }

    private func isDown(_ name: String, _ value: JSONValue) -> Bool {
        switch name {
        case "thumbs_down", "downvote", "disliked": return isYes(value)
        case "thumbs_up", "helpful", "liked", "resolved":
            return value == false || value.intValue == 0 || value.stringValue.map(isNo) ?? false
        default: break
        }
        let number = value.doubleValue ?? value.stringValue.flatMap { Double($0) }
        if Self.stars.contains(name) { return number.map { $0 <= 2 } ?? false }
        guard Self.votes.contains(name) else { return false }
        if let number { return number <= 0 }
        return value == false || Self.down.contains(normal(value.stringValue ?? "up"))
    }

    /// Whether a column of votes says something that no vote is known by.
    private func isUnknownVote(_ name: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null: return false
        case .bool: return Self.stars.contains(name)
        case .integer, .number: return false
        case .string(let text):
            let word = normal(text)
            guard text.utf8.contains(where: { $0 > 0x20 }), Double(text) == nil else { return false }
            if Self.stars.contains(name) { return true }
            if Self.votes.contains(name) { return !Self.down.contains(word) && !Self.up.contains(word) }
            guard Self.answers.contains(name) else { return false }
            return !isNo(text) && !isWord(text) && !Self.up.contains(word)
        case .array, .object:
            return Self.stars.contains(name) || Self.votes.contains(name) || Self.answers.contains(name)
        }
    }

    private func isYes(_ value: JSONValue) -> Bool {
        switch value {
        case .bool(let flag): flag
        case .integer(let number): number != 0
        case .string(let text): text.utf8.contains { $0 > 0x20 } && !isNo(text)
        default: false
        }
    }

    private func isNo(_ text: String) -> Bool {
        ["no", "false", "0", "none", "n", ""].contains(normal(text))
    }

    private func isWord(_ text: String) -> Bool { ["yes", "true", "1", "y", "x"].contains(normal(text)) }

    private func named(_ row: JSONObject) -> String? {
        for member in row.members
        where ["feedback_id", "exchange_id", "request_id", "trace_id", "event_id"].contains(
            normal(member.key))
        {
            if let text = member.value.stringValue, !text.isEmpty { return text }
        }
        return nil
    }

    private func value(_ row: JSONObject, _ names: Set<String>) -> JSONValue? {
        row.members.first { names.contains(normal($0.key)) && !$0.value.isNull }?.value
    }

    private func text(_ row: JSONObject, _ names: Set<String>) -> String? {
        guard let text = value(row, names)?.stringValue, text.utf8.contains(where: { $0 > 0x20 }) else {
            return nil
        }
        return text
    }

    private func normal(_ name: String) -> String {
        var out: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 65...90: out.append(byte | 32)
            case 32, 45, 46: out.append(95)
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let misses: Set<String> = [
        "reported_miss", "miss", "missed", "reported", "report", "escalated", "incident",
    ]
    private static let corrections: Set<String> = [
        "correction", "corrected_answer", "corrected", "better_answer", "suggested_answer", "edited_answer",
        "correct_answer",
    ]
    private static let comments: Set<String> = ["comment", "comments", "reason", "note", "explanation"]
    private static let times: Set<String> = ["at", "timestamp", "time", "date", "created_at"]
    private static let votes: Set<String> = [
        "feedback", "thumbs", "thumb", "vote", "rating", "sentiment", "reaction",
    ]
    private static let stars: Set<String> = ["stars", "star_rating"]
    private static let down: Set<String> = [
        "down", "thumbs_down", "thumbsdown", "negative", "bad", "dislike", "disliked", "downvote", "no", "👎",
        "-1", "0", "false", "wrong", "unhelpful",
    ]
    /// Praise, and words for no vote at all.
    private static let up: Set<String> = [
        "up", "thumbs_up", "thumbsup", "positive", "good", "great", "ok", "okay", "like", "liked", "upvote",
        "yes",
        "👍", "+1", "1", "true", "right", "correct", "helpful", "resolved", "neutral", "none", "null", "n/a",
        "skip",
        "skipped", "unrated",
    ]
    private static let answers: Set<String> = ["thumbs_up", "helpful", "liked", "resolved"]
    private static let own: Set<String> = misses.union(corrections).union(comments).union(times).union(votes)
        .union(stars).union(["answer", "response", "output", "status", "error", "thumbs_down", "thumbs_up"])
}
