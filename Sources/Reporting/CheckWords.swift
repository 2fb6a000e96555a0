import Deployment
import Domain
import Notation
import Text

/// Words, marks and JSON that contracts and journeys share.
enum CheckWords {
    static func mark(_ outcome: CheckOutcome) -> String {
        switch outcome {
        case .holds: "✓"
        case .fails: "✗"
        case .open: "?"
        case .skipped: "·"
        }
    }

    static func style(_ outcome: CheckOutcome) -> TerminalText.Style {
        switch outcome {
        case .holds: .good
        case .fails: .bad
        case .open: .unsure
        case .skipped: .dim
        }
    }

    static func state(_ outcome: CheckOutcome) -> JUnitCases.Case.State {
        switch outcome {
        case .holds: .passes
        case .fails: .failure
        case .open: .error
        case .skipped: .skipped
        }
    }

    static func seconds(_ seconds: Double) -> String { Numbers.duration(milliseconds: seconds * 1000) }

    /// `POST http://… → 201 in 12 ms`.
    static func head(_ call: CallEvidence) -> String {
        var words = "\(call.method) \(call.url)"
        if let status = call.status { words += " → \(status)" }
        if let time = call.milliseconds { words += " in " + Numbers.duration(milliseconds: time) }
        if call.status == nil, let failure = call.failure { words += " → " + failure }
        return words
    }

    /// Request and answer, a line each.
    static func lines(_ call: CallEvidence) -> [String] {
        var lines = [head(call)]
        if let body = call.requestBody, !body.isEmpty { lines.append("sent   " + body) }
        if let answer = call.answer, !answer.isEmpty { lines.append("answer " + answer) }
        return lines
    }

    static func json(_ call: CallEvidence?) -> JSONValue {
        guard let call else { return .null }
        return [
            "request": [
                "method": .string(call.method), "url": .string(call.url),
                "body": call.requestBody.map { .string($0) } ?? .null,
            ],
            "status": call.status.map { .integer(Int64($0)) } ?? .null,
            "answer": call.answer.map { .string($0) } ?? .null,
            "failure": call.failure.map { .string($0) } ?? .null,
            "milliseconds": call.milliseconds.map { .finite($0) } ?? .null,
        ]
    }

    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
