import Deployment
import Domain
import Notation

/// Carries out one journey: acts, waits, asserts, and cleans up whatever happens.
public struct JourneyRunner: Sendable {
    public struct Ports: Sendable {
        public let caller: any WebCaller
        public let clock: ProbeClock
        public let environment: @Sendable (String) -> String?

        public init(
            caller: any WebCaller, clock: ProbeClock, environment: @escaping @Sendable (String) -> String?
        ) {
            self.caller = caller
            self.clock = clock
            self.environment = environment
        }
    }

    /// What a look may take, where its request does not say.
    public struct Limits: Sendable {
        public let timeoutSeconds: Double
        public let answerBytes: Int

        public init(timeoutSeconds: Double, answerBytes: Int) {
            self.timeoutSeconds = timeoutSeconds
            self.answerBytes = answerBytes
        }
    }

    private let journey: JourneyPolicy
    private let schemas: [String: JSONSchema]
    private let head: JournalHead
    private let caller: StepCaller
    private let ports: Ports
    /// Makes the journal; called before the first step that has a clean-up.
    private let journal: @Sendable () throws(StoreError) -> any JourneyLog
    private let progress: @Sendable (String) -> Void

    public init(
        _ journey: JourneyPolicy, schemas: [String: JSONSchema], head: JournalHead, limits: Limits,
        ports: Ports,
        journal: @escaping @Sendable () throws(StoreError) -> any JourneyLog,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.journey = journey
        self.schemas = schemas
        self.head = head
        self.ports = ports
        caller = StepCaller(caller: ports.caller, clock: ports.clock, limits: limits, run: head.run)
        self.journal = journal
        self.progress = progress
    }

    /// What one run carries along.
    private struct Course {
        var scope: StepScope
        var log: (any JourneyLog)?
        /// Clean-ups that were written down, in order.
        var intended: [Intended] = []
        var problem: String?

        struct Intended {
            let number: Int
            let step: String
            let cleanUp: CleanUpRequest
            /// Whether its step surely changed nothing.
            var isVoid = false
            /// Whether its step's request was refused by the system (4xx): most likely it changed nothing.
            var isRefused = false
        }
    }

    /// Returns when everything that can be undone is undone, cancelled or not.
    public func run() async -> JourneyResult {
        let began = ports.clock.now()
        var course = Course(
            scope: StepScope(run: head.run, unique: head.unique, environment: ports.environment))
        var steps: [StepResult] = []
        for (number, step) in journey.steps.enumerated() {
            if let last = steps.last, last.outcome != .holds {
                steps.append(StepResult(name: step.name, outcome: .skipped, seconds: 0, looks: []))
                continue
            }
            if Task.isCancelled || course.problem != nil {
                course.problem = course.problem ?? "stopped before '\(step.name)'"
                steps.append(StepResult(name: step.name, outcome: .skipped, seconds: 0, looks: []))
                continue
            }
            progress(step.name)
            steps.append(await carryOut(step, number, &course))
        }
        if Task.isCancelled, course.problem == nil { course.problem = "stopped" }
        let (cleanUps, problem, redaction) = await cleanUp(course)
        let result = JourneyResult(
            name: journey.name, unique: head.unique, seconds: ports.clock.now() - began, steps: steps,
            cleanUps: cleanUps, problem: course.problem ?? problem)
        // A secret may have been shown before the step that captured it.
        return result.redacted(by: redaction)
    }

    // MARK: steps

    private func carryOut(_ step: JourneyStep, _ number: Int, _ course: inout Course) async -> StepResult {
        let began = ports.clock.now()
        var looks: [LookResult] = []
        func result(_ outcome: CheckOutcome, _ why: String? = nil) -> StepResult {
            StepResult(
                name: step.name, outcome: outcome, seconds: ports.clock.now() - began, looks: looks, why: why)
        }
        do throws(StoreError) { try intend(step, number, &course) } catch {
            // Without a journal nothing is done that would have to be undone.
            course.problem = error.description
            return result(.open, error.description)
        }
        if let act = step.act {
            let look = await self.look(act, .act, step, number, 0, &course)
            looks.append(look)
            if look.outcome != .holds { return result(look.outcome) }
        }
        if let wait = step.wait {
            let look = await self.wait(wait, step, number, &course)
            looks.append(look)
            if look.outcome != .holds { return result(look.outcome) }
        }
        // Several systems are all looked at: what each says of one fault is evidence.
        for (index, check) in step.checks.enumerated() {
            if Task.isCancelled { return result(.open, "stopped") }
            looks.append(await self.look(check, .assert, step, number, index, &course))
        }
        if looks.contains(where: { $0.outcome == .fails }) { return result(.fails) }
        if looks.contains(where: { $0.outcome == .open }) { return result(.open) }
        if let problem = course.problem { return result(.open, problem) }
        return result(.holds)
    }

    /// Writes the clean-up down before the step begins.
    private func intend(_ step: JourneyStep, _ number: Int, _ course: inout Course) throws(StoreError) {
        guard let cleanUp = step.cleanUp else { return }
        if course.log == nil {
            let log = try journal()
            var head = head
            head.hosts = CallOrigins.hosts(of: journey, environment: ports.environment)
            try log.append(JournalEvent.began(head).line)
            course.log = log
        }
        let values = course.scope.recordable(cleanUp.texts)
        try course.log?.append(
            JournalEvent.intends(number: number, step: step.name, cleanUp, values: values).line)
        course.intended.append(Course.Intended(number: number, step: step.name, cleanUp: cleanUp))
    }

    /// Keeps what an answer gave, in the journal too where a clean-up needs it.
    private func learn(_ texts: [StepText], _ course: inout Course) {
        let values = course.scope.recordable(texts)
        guard !values.isEmpty, let log = course.log else { return }
        do throws(StoreError) { try log.append(JournalEvent.learnt(values).line) } catch {
            course.problem = error.description
        }
    }

    private func look(
        _ look: JourneyStep.Look, _ kind: LookResult.Kind, _ step: JourneyStep, _ number: Int, _ index: Int,
        _ course: inout Course
    ) async -> LookResult {
        let began = ports.clock.now()
        let isFirst = kind == .act
        let outcome = await caller.send(
            look.request, &course.scope, key: "\(journey.name)/\(number)/\(kind.rawValue)/\(index)",
            limit: nil)
        if isFirst { mark(outcome, number, &course) }
        return take(outcome, look, kind, step, polls: 1, began, &course)
    }

    /// What is known of the step's effect from how its act ended.
    private func mark(_ outcome: StepCaller.Outcome, _ number: Int, _ course: inout Course) {
        guard let index = course.intended.lastIndex(where: { $0.number == number }) else { return }
        switch outcome {
        case .answered(let view):
            course.intended[index].isRefused = (400..<500).contains(view.answer.status)
        case .failed(_, let mayHaveActed): course.intended[index].isVoid = !mayHaveActed
        case .unfilled: course.intended[index].isVoid = true
        }
    }

    private func take(
        _ outcome: StepCaller.Outcome, _ look: JourneyStep.Look, _ kind: LookResult.Kind, _ step: JourneyStep,
        polls: Int, _ began: Double, _ course: inout Course
    ) -> LookResult {
        func result(
            _ end: CheckOutcome, _ why: String?, _ conditions: [ConditionResult] = [],
            _ captured: [LookResult.Captured] = []
        ) -> LookResult {
            LookResult(
                kind: kind, outcome: end, why: why.map(course.scope.redaction.of),
                call: caller.evidence(look.request, outcome, course.scope), conditions: conditions,
                captured: captured, polls: polls, seconds: ports.clock.now() - began)
        }
        switch outcome {
        case .unfilled(let gap): return result(gap.isEnvironment ? .open : .fails, gap.cause)
        case .failed(let failure, _):
            return result(failure.countsAgainstApp ? .fails : .open, failure.detail)
        case .answered(let view):
            // First what the clean-up needs, then what must hold.
            let (captured, missing) = capture(look, view, step, &course)
            let conditions = judge(look, view, &course)
            let failing = conditions.filter { !$0.holds }
            if let first = failing.first {
                let more = failing.count > 1 ? " (and \(failing.count - 1) more)" : ""
                return result(.fails, "\(first.condition): \(first.seen)\(more)", conditions, captured)
            }
            if let missing { return result(.fails, missing, conditions, captured) }
            return result(.holds, nil, conditions, captured)
        }
    }

    private func judge(
        _ look: JourneyStep.Look, _ view: AnswerView, _ course: inout Course
    ) -> [ConditionResult] {
        let check = ConditionCheck(view, schemas: schemas)
        if look.conditions.isEmpty { return [check.judgeStatus()] }
        return look.conditions.map { check.judge($0, &course.scope) }
    }

    /// Keeps what later steps and clean-ups name.
    private func capture(
        _ look: JourneyStep.Look, _ view: AnswerView, _ step: JourneyStep, _ course: inout Course
    ) -> (captured: [LookResult.Captured], missing: String?) {
        course.scope.keep(answer: view, ofFirst: step.name)
        var captured: [LookResult.Captured] = []
        var missing: String?
        for capture in look.captures {
            do throws(AnswerView.Unreadable) {
                let value = try view.value(of: capture)
                course.scope.keep(capture.name, value, isSecret: capture.isSecret)
                captured.append(.init(name: capture.name, value: course.scope.shownValue(capture.name)))
            } catch {
                missing = missing ?? "'\(capture.name)' cannot be captured: \(error.why)"
            }
        }
        learn(course.intended.flatMap(\.cleanUp.texts), &course)
        return (captured, missing)
    }

    // MARK: waiting

    private func wait(
        _ wait: JourneyStep.Wait, _ step: JourneyStep, _ number: Int, _ course: inout Course
    ) async -> LookResult {
        let began = ports.clock.now()
        let end = began + wait.timeoutSeconds
        var polls = 0
        while true {
            let left = end - ports.clock.now()
            polls += 1
            let outcome = await caller.send(
                wait.look.request, &course.scope, key: "\(journey.name)/\(number)/wait/\(polls)",
                limit: max(0.25, left))
            let seen = settled(outcome, wait, &course)
            if seen.isSettled || Task.isCancelled {
                return take(outcome, wait.look, .wait, step, polls: polls, began, &course)
            }
            // The last look is at the very end.
            let rest = end - ports.clock.now()
            if rest <= 0 { return timedOut(outcome, wait, seen, polls, began, course) }
            guard await ports.clock.sleep(min(wait.everySeconds, rest)) else {
                return timedOut(outcome, wait, seen, polls, began, course, wasStopped: true)
            }
        }
    }

    private struct Settled {
        let isSettled: Bool
        let conditions: [ConditionResult]
    }

    /// Whether the conditions hold; or whether no waiting will make them.
    private func settled(
        _ outcome: StepCaller.Outcome, _ wait: JourneyStep.Wait, _ course: inout Course
    ) -> Settled {
        switch outcome {
        case .unfilled: return Settled(isSettled: true, conditions: [])
        case .failed(let failure, _): return Settled(isSettled: failure.cause == .notAsked, conditions: [])
        case .answered(let view):
            let conditions = judge(wait.look, view, &course)
            return Settled(isSettled: conditions.allSatisfy(\.holds), conditions: conditions)
        }
    }

    /// A wait that was in vain, with what was seen last.
    private func timedOut(
        _ outcome: StepCaller.Outcome, _ wait: JourneyStep.Wait, _ seen: Settled, _ polls: Int,
        _ began: Double,
        _ course: Course, wasStopped: Bool = false
    ) -> LookResult {
        let seconds = ports.clock.now() - began
        let asked = polls == 1 ? "1 look" : "\(polls) looks"
        var why =
            wasStopped ? "stopped while waiting" : "not within \(Self.words(wait.timeoutSeconds)) (\(asked))"
        var result = wasStopped ? CheckOutcome.open : .fails
        switch outcome {
        case .unfilled(let gap): why += ": " + gap.cause
        case .failed(let failure, _):
            // A system that could not be reached to the end has not shown what it would have said.
            if !failure.countsAgainstApp { result = .open }
            why += "; the last look failed: " + failure.detail
        case .answered:
            let open = seen.conditions.filter { !$0.holds }
            if let first = open.first { why += "; last seen for '\(first.condition)': \(first.seen)" }
        }
        return LookResult(
            kind: .wait, outcome: result, why: course.scope.redaction.of(why),
            call: caller.evidence(wait.look.request, outcome, course.scope),
            conditions: seen.conditions, captured: [], polls: polls, seconds: seconds)
    }

    private static func words(_ seconds: Double) -> String {
        seconds >= 1 && seconds.rounded() == seconds
            ? "\(Int(seconds)) s" : "\(Int((seconds * 1000).rounded())) ms"
    }

    // MARK: cleaning up

    /// Undoes in reverse order, in a task of its own: a cancelled run cleans up as any other.
    private func cleanUp(
        _ course: Course
    ) async -> (results: [CleanUpResult], problem: String?, redaction: Redaction) {
        guard let log = course.log else { return ([], nil, course.scope.redaction) }
        progress("clean up")
        let cleaner = CleanUpRunner(caller: caller, clock: ports.clock, journey: head.journey)
        let task = Task { () -> (results: [CleanUpResult], problem: String?, redaction: Redaction) in
            var scope = course.scope
            var results: [CleanUpResult] = []
            var problem: String?
            for intended in course.intended.reversed() {
                var result: CleanUpResult
                if intended.isVoid {
                    result = CleanUpResult(
                        step: intended.step, kind: .notNeeded, how: "its request was never sent", attempts: 0,
                        call: nil)
                } else {
                    let began = ports.clock.now()
                    result = await cleaner.clean(
                        intended.cleanUp, step: intended.step, number: intended.number, &scope,
                        wasRefused: intended.isRefused)
                    result.seconds = ports.clock.now() - began
                }
                results.append(result)
                do throws(StoreError) { try log.append(result.event(intended.number).line) } catch {
                    problem = problem ?? error.description
                }
            }
            let isDone = results.allSatisfy { $0.kind != .failed }
            do throws(StoreError) { try log.close(isDone: isDone) } catch {
                problem = problem ?? error.description
            }
            return (results, problem, scope.redaction)
        }
        return await task.value
    }
}

extension CleanUpRequest {
    /// Every text in it that its own look does not give.
    var texts: [StepText] { request.texts + (find?.request.texts ?? []) }
}

extension CleanUpResult {
    /// What the journal says of it. What can never be undone is not tried again.
    func event(_ number: Int) -> JournalEvent {
        switch kind {
        case .done, .gone, .impossible: .cleaned(number: number, how: kind.rawValue)
        case .notNeeded: .void(number: number)
        case .failed: .failed(number: number, why: how)
        }
    }
}
