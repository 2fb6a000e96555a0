import Synchronization

/// What a judgement hangs on: judge, question (prompt, filled text, vote) and the reader of its answer.
public struct JudgementKey: Sendable, Hashable {
    public let judge: String
    public let question: String
    /// The version of the reader that made a verdict of the answer.
    public let parser: Int

    public init(judge: String, question: String, parser: Int) {
        self.judge = judge
        self.question = question
        self.parser = parser
    }
}

/// Judgements of earlier runs: what was judged once need not be paid for again.
///
/// A cache may forget at any time, and never gives another judge's, prompt's, text's or vote's judgement. Failures
/// are not kept.
public protocol JudgementCache: Sendable {
    /// What was kept under each key, in their order, each marked as kept; nil where there is nothing.
    func judgements(of keys: [JudgementKey]) throws(StoreError) -> [JudgeReply?]
    /// Keeps judgements in the place of earlier ones, all or none of them.
    func keep(_ judgements: [(key: JudgementKey, reply: JudgeReply)]) throws(StoreError)
}

/// Judgements in memory, for tests and for runs that shall leave nothing behind.
public final class MemoryJudgementCache: JudgementCache {
    private let kept = Mutex<[JudgementKey: JudgeReply]>([:])

    public init() {}

    public func judgements(of keys: [JudgementKey]) -> [JudgeReply?] {
        kept.withLock { kept in keys.map { kept[$0]?.kept } }
    }

    public func keep(_ judgements: [(key: JudgementKey, reply: JudgeReply)]) {
        kept.withLock { kept in
            for (key, reply) in judgements { kept[key] = reply }
        }
    }
}
