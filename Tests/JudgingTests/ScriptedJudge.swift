import Domain
import Notation
import Synchronization

/// A judge that says what a closure says, and counts.
final class ScriptedJudge: Judge {
    let identity: JudgeIdentity
    private let script: @Sendable (JudgeQuestion) -> JudgeOutcome
    private let seen = Mutex<[JudgeQuestion]>([])

    init(model: String = "scripted", _ script: @escaping @Sendable (JudgeQuestion) -> JudgeOutcome) {
        identity = JudgeIdentity(kind: "script", model: model, address: "test")
        self.script = script
    }

    var asked: [JudgeQuestion] { seen.withLock { $0 } }

    func judge(_ questions: [JudgeQuestion]) async -> [JudgeOutcome] {
        seen.withLock { $0 += questions }
        return questions.map(script)
    }

    func close() async {}

    /// A verdict written as JSON.
    static func says(_ json: String, usage: Usage? = nil) -> JudgeOutcome {
        guard case .object(let object)? = try? JSONValue.parse(json) else {
            return .failure(.unparsable("the script is no JSON"))
        }
        return .success(JudgeReply(verdict: object, reason: object["reason"]?.stringValue, usage: usage))
    }
}

extension JudgeQuestion {
    /// What the judge is shown.
    var shown: String { messages.last?.content ?? "" }

    /// The texts between fences, in order, as a judge that keeps to the rules reads them.
    var fenced: [(name: String, text: String)] {
        let lines = shown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first, first.hasPrefix("TAG is ") else { return [] }
        let tag = first.dropFirst("TAG is ".count)
        var found: [(String, String)] = []
        var open: (String, [String])?
        for line in lines.dropFirst() {
            if let current = open {
                if line == "</data \(tag)>" {
                    found.append((current.0, current.1.joined(separator: "\n")))
                    open = nil
                } else {
                    open = (current.0, current.1 + [line])
                }
            } else if line.hasPrefix("<data \(tag) "), line.hasSuffix(">") {
                open = (String(line.dropFirst("<data \(tag) ".count).dropLast()), [])
            }
        }
        return found
    }
}
