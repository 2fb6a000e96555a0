import Deployment
import Domain
import Notation

/// Undoes a step: directly, or by finding first what it left.
struct CleanUpRunner: Sendable {
    let caller: StepCaller
    let clock: ProbeClock
    let journey: String

    /// Seconds before the second and the third attempt.
    private static let waits = [0.2, 1.0]
    /// Looks for what an unknown act may have left: it may not show at once.
    private static let searches = 3
    /// Things that one step may have left, where requests were doubled on their way.
    private static let mostFound = 20

    /// - Parameter wasRefused: Whether the system refused the step's request (4xx).
    func clean(
        _ cleanUp: CleanUpRequest, step: String, number: Int, _ scope: inout StepScope,
        wasRefused: Bool = false
    ) async -> CleanUpResult {
        let missing = scope.unknown(cleanUp.request.texts)
        guard missing.isEmpty else {
            return await search(cleanUp, step, number, &scope, missing, wasRefused)
        }
        return await request(cleanUp.request, step, "\(journey)/\(number)/clean-up", &scope)
    }

    // MARK: with all that it needs

    private func request(
        _ request: StepRequest, _ step: String, _ key: String, _ scope: inout StepScope
    ) async -> CleanUpResult {
        var attempts = 0
        while true {
            attempts += 1
            let outcome = await caller.send(request, &scope, key: key, limit: nil)
            let result = result(request, outcome, step, attempts, scope)
            guard result.kind == .failed, attempts <= Self.waits.count else { return result }
            if case .unfilled = outcome { return result }
            guard await clock.sleep(Self.waits[attempts - 1]) else { return result }
        }
    }

    private func result(
        _ request: StepRequest, _ outcome: StepCaller.Outcome, _ step: String, _ attempts: Int,
        _ scope: StepScope
    ) -> CleanUpResult {
        let call = caller.evidence(request, outcome, scope)
        switch outcome {
        case .unfilled(let gap):
            return CleanUpResult(
                step: step, kind: .failed, isAnswered: false, how: gap.cause, attempts: attempts, call: nil)
        case .failed(let failure, _):
            return CleanUpResult(
                step: step, kind: .failed, isAnswered: failure.countsAgainstApp,
                how: scope.redaction.of(failure.detail), attempts: attempts, call: call)
        case .answered(let view):
            let status = view.answer.status
            switch status {
            case 200..<300:
                return CleanUpResult(
                    step: step, kind: .done, how: "answered \(status)", attempts: attempts, call: call)
            case 404, 410:
                return CleanUpResult(
                    step: step, kind: .gone, how: "already gone (\(status))", attempts: attempts, call: call)
            default:
                return CleanUpResult(
                    step: step, kind: .failed, how: "the system answered \(status)", attempts: attempts,
                    call: call)
            }
        }
    }

    // MARK: without the step's own answer

    private func search(
        _ cleanUp: CleanUpRequest, _ step: String, _ number: Int, _ scope: inout StepScope,
        _ missing: [String],
        _ wasRefused: Bool
    ) async -> CleanUpResult {
        guard let find = cleanUp.find else {
            if wasRefused {
                return CleanUpResult(
                    step: step, kind: .notNeeded, how: "its request was refused", attempts: 0, call: nil)
            }
            let names = missing.map { "${\($0)}" }.joined(separator: ", ")
            return CleanUpResult(
                step: step, kind: .impossible,
                how:
                    "no answer gave \(names): if something was made, it bears '\(scope.unique)'; remove it by hand, "
                    + "and give the clean-up a 'find'",
                attempts: 0, call: nil)
        }
        var removed = 0
        var last: CleanUpResult?
        while removed < Self.mostFound {
            let (outcome, call) = await look(find, step, number, &scope, isFirst: removed == 0)
            switch outcome {
            case .failed(let why, let isAnswered):
                return CleanUpResult(
                    step: step, kind: .failed, isAnswered: isAnswered, how: "it cannot be looked for: " + why,
                    attempts: 1, call: call)
            case .nothing:
                if let last { return last }
                return CleanUpResult(
                    step: step, kind: .notNeeded, how: "nothing of it was found", attempts: 1, call: call)
            case .found:
                let key = "\(journey)/\(number)/clean-up/\(removed)"
                let result = await request(cleanUp.request, step, key, &scope)
                if result.kind == .failed { return result }
                removed += 1
                let how = removed == 1 ? "found, then " + result.how : "\(removed) found and removed"
                last = CleanUpResult(
                    step: step, kind: result.kind, how: how, attempts: result.attempts, call: result.call)
                // What is gone by its own word and still listed would be found for ever.
                if result.kind == .gone { return last ?? result }
            }
        }
        return CleanUpResult(
            step: step, kind: .failed, how: "after \(removed) were removed there were still more",
            attempts: removed,
            call: last?.call)
    }

    private enum Search {
        case found, nothing
        case failed(String, isAnswered: Bool)
    }

    private func look(
        _ find: CleanUpRequest.Find, _ step: String, _ number: Int, _ scope: inout StepScope, isFirst: Bool
    ) async -> (Search, CallEvidence?) {
        var evidence: CallEvidence?
        for attempt in 0..<(isFirst ? Self.searches : 1) {
            let outcome = await caller.send(
                find.request, &scope, key: "\(journey)/\(number)/find", limit: nil)
            switch outcome {
            case .unfilled(let gap): return (.failed(gap.cause, isAnswered: false), nil)
            case .failed(let failure, _):
                evidence = caller.evidence(find.request, outcome, scope)
                if attempt + 1 == Self.searches || !isFirst {
                    return (
                        .failed(scope.redaction.of(failure.detail), isAnswered: failure.countsAgainstApp),
                        evidence
                    )
                }
            case .answered(let view):
                let status = view.answer.status
                let isFound = (200..<300).contains(status) && take(find.captures, view, &scope)
                evidence = caller.evidence(find.request, outcome, scope)
                if isFound { return (.found, evidence) }
                let isAbsent = (200..<300).contains(status) || status == 404 || status == 410
                if !isAbsent, attempt + 1 == Self.searches || !isFirst {
                    return (.failed("the system answered \(status)", isAnswered: true), evidence)
                }
            }
            if isFirst, attempt + 1 < Self.searches { _ = await clock.sleep(Self.waits[min(attempt, 1)]) }
        }
        return (.nothing, evidence)
    }

    /// Whether all is there that the clean-up needs.
    private func take(_ captures: [StepCapture], _ view: AnswerView, _ scope: inout StepScope) -> Bool {
        for capture in captures {
            do throws(AnswerView.Unreadable) {
                scope.keep(capture.name, try view.value(of: capture), isSecret: capture.isSecret)
            } catch {
                return false
            }
        }
        return true
    }
}
