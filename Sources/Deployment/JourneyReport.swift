import Domain

/// What journeys came to, step by step with evidence. Nothing in it is a secret.
public struct JourneyReport: Sendable {
    public let project: String
    public let run: String
    public let startedAt: String
    public let seconds: Double
    public let journeys: [JourneyResult]
    /// Clean-ups that earlier runs left behind, done before anything else.
    public let leftovers: [Leftover]

    public init(
        project: String, run: String, startedAt: String, seconds: Double, journeys: [JourneyResult],
        leftovers: [Leftover]
    ) {
        self.project = project
        self.run = run
        self.startedAt = startedAt
        self.seconds = seconds
        self.journeys = journeys
        self.leftovers = leftovers
    }

    /// BLOCK where anything fails, its clean-up included; leftovers of other runs do not count.
    public var verdict: Verdict { CheckOutcome.verdict(journeys.map(\.outcome)) }

    /// What an earlier run left behind.
    public struct Leftover: Sendable {
        public let run: String
        public let journey: String
        /// The journal's file.
        public let file: String
        public let cleanUps: [CleanUpResult]
        /// Why nothing was done about it: another process is at it, or it cannot be read.
        public let problem: String?

        public init(
            run: String, journey: String, file: String, cleanUps: [CleanUpResult], problem: String? = nil
        ) {
            self.run = run
            self.journey = journey
            self.file = file
            self.cleanUps = cleanUps
            self.problem = problem
        }
    }
}

public struct JourneyResult: Sendable {
    public let name: String
    public let unique: String
    public let seconds: Double
    public let steps: [StepResult]
    /// In the order they were made: the last step's first.
    public let cleanUps: [CleanUpResult]
    /// Why it ended early, where that was nobody's failure: it was stopped, or a file could not be written.
    public let problem: String?

    public init(
        name: String, unique: String, seconds: Double, steps: [StepResult], cleanUps: [CleanUpResult],
        problem: String? = nil
    ) {
        self.name = name
        self.unique = unique
        self.seconds = seconds
        self.steps = steps
        self.cleanUps = cleanUps
        self.problem = problem
    }

    public var outcome: CheckOutcome {
        var outcome: CheckOutcome = problem == nil ? .holds : .open
        for step in steps where step.outcome != .skipped { outcome = .worse(outcome, step.outcome) }
        for cleanUp in cleanUps { outcome = .worse(outcome, cleanUp.outcome) }
        return outcome
    }

    /// One sentence: what decided.
    public var headline: String {
        let last = steps.first { $0.outcome == .fails } ?? steps.first { $0.outcome == .open }
        if let last {
            let why = last.looks.first { $0.outcome != .holds }?.why ?? last.why ?? ""
            return last.name + (why.isEmpty ? "" : ": " + why)
        }
        if let problem { return problem }
        if let left = cleanUps.first(where: { $0.outcome != .holds }) {
            return "the clean-up of '\(left.step)' failed: \(left.how)"
        }
        return "\(steps.count) \(steps.count == 1 ? "step holds" : "steps hold"), "
            + (cleanUps.isEmpty ? "nothing to clean up" : "everything cleaned up")
    }
}

public struct StepResult: Sendable {
    public let name: String
    public let outcome: CheckOutcome
    public let seconds: Double
    public let looks: [LookResult]
    /// Why it was not carried out.
    public let why: String?

    public init(name: String, outcome: CheckOutcome, seconds: Double, looks: [LookResult], why: String? = nil)
    {
        self.name = name
        self.outcome = outcome
        self.seconds = seconds
        self.looks = looks
        self.why = why
    }
}

/// One request of a step, or the last of those that waited.
public struct LookResult: Sendable {
    public enum Kind: String, Sendable, Hashable { case act, wait, assert }

    public let kind: Kind
    public let outcome: CheckOutcome
    /// Why it does not hold; nil where it does.
    public let why: String?
    public let call: CallEvidence?
    public let conditions: [ConditionResult]
    /// What was kept of the answer, as it may be shown.
    public let captured: [Captured]
    /// Requests made; 1 unless it waited.
    public let polls: Int
    public let seconds: Double

    public struct Captured: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        kind: Kind, outcome: CheckOutcome, why: String?, call: CallEvidence?, conditions: [ConditionResult],
        captured: [Captured], polls: Int, seconds: Double
    ) {
        self.kind = kind
        self.outcome = outcome
        self.why = why
        self.call = call
        self.conditions = conditions
        self.captured = captured
        self.polls = polls
        self.seconds = seconds
    }
}

public struct CleanUpResult: Sendable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Its request was answered with 2xx.
        case done
        /// 404 or 410: there was nothing any more.
        case gone
        /// The step changed nothing, or nothing of it was found.
        case notNeeded = "not needed"
        /// It is kept, and tried again on the next start.
        case failed
        /// What it needs is lost, and nothing says how to find it.
        case impossible
    }

    public let step: String
    public let kind: Kind
    /// Whether a failure is the system's own; else it could not be reached.
    public let isAnswered: Bool
    /// In words.
    public let how: String
    public let attempts: Int
    public let call: CallEvidence?
    /// What it took, all attempts and looks together; nil where nothing was done.
    public var seconds: Double?

    public init(
        step: String, kind: Kind, isAnswered: Bool = true, how: String, attempts: Int, call: CallEvidence?,
        seconds: Double? = nil
    ) {
        self.step = step
        self.kind = kind
        self.isAnswered = isAnswered
        self.how = how
        self.attempts = attempts
        self.call = call
        self.seconds = seconds
    }

    public var outcome: CheckOutcome {
        switch kind {
        case .done, .gone, .notNeeded: .holds
        case .failed: isAnswered ? .fails : .open
        case .impossible: .open
        }
    }
}

extension JourneyResult {
    /// The same with what became known to be secret only after it was noted taken out of all that is shown.
    public func redacted(by redaction: Redaction) -> JourneyResult {
        JourneyResult(
            name: name, unique: unique, seconds: seconds, steps: steps.map { $0.redacted(by: redaction) },
            cleanUps: cleanUps.map { $0.redacted(by: redaction) }, problem: problem.map(redaction.late))
    }
}

extension StepResult {
    func redacted(by redaction: Redaction) -> StepResult {
        StepResult(
            name: name, outcome: outcome, seconds: seconds, looks: looks.map { $0.redacted(by: redaction) },
            why: why.map(redaction.late))
    }
}

extension LookResult {
    func redacted(by redaction: Redaction) -> LookResult {
        LookResult(
            kind: kind, outcome: outcome, why: why.map(redaction.late),
            call: call?.redacted(by: redaction),
            conditions: conditions.map {
                ConditionResult(condition: $0.condition, holds: $0.holds, seen: redaction.late($0.seen))
            },
            captured: captured.map { Captured(name: $0.name, value: redaction.late($0.value)) }, polls: polls,
            seconds: seconds)
    }
}

extension CleanUpResult {
    func redacted(by redaction: Redaction) -> CleanUpResult {
        CleanUpResult(
            step: step, kind: kind, isAnswered: isAnswered, how: redaction.late(how), attempts: attempts,
            call: call?.redacted(by: redaction), seconds: seconds)
    }
}
