import Deployment
import Domain

/// Makes up for clean-ups that an earlier run left undone.
public struct LeftoverRunner: Sendable {
    private let origins: CallOrigins
    private let limits: JourneyRunner.Limits
    private let ports: JourneyRunner.Ports

    public init(origins: CallOrigins, limits: JourneyRunner.Limits, ports: JourneyRunner.Ports) {
        self.origins = origins
        self.limits = limits
        self.ports = ports
    }

    /// Works a journal off, and removes it where nothing is left.
    ///
    /// - Parameters:
    ///   - path: The journal's file, for messages.
    ///   - lines: Its lines.
    ///   - log: The same journal, held open.
    public func work(_ path: String, lines: [[UInt8]], log: any JourneyLog) async -> JourneyReport.Leftover {
        let state: JournalState
        do throws(JournalProblem) { state = try JournalState(lines: lines) } catch {
            try? log.close(isDone: false)
            return JourneyReport.Leftover(
                run: "", journey: "", file: path, cleanUps: [],
                problem: "it cannot be read: \(error.why); look at it, then remove it")
        }
        var scope = StepScope(run: state.head.run, unique: state.head.unique, environment: ports.environment)
        for value in state.values { scope.keep(value.name, value.value) }
        let caller = StepCaller(caller: ports.caller, clock: ports.clock, limits: limits, run: state.head.run)
        let cleaner = CleanUpRunner(caller: caller, clock: ports.clock, journey: state.head.journey)
        var results: [CleanUpResult] = []
        var problem: String?
        for open in state.open {
            if Task.isCancelled { break }
            var result: CleanUpResult
            if let refusal = origins.refusal(
                of: open.cleanUp, hosts: state.head.hosts, environment: ports.environment)
            {
                result = CleanUpResult(
                    step: open.step, kind: .failed, isAnswered: false, how: refusal, attempts: 0, call: nil)
            } else {
                let began = ports.clock.now()
                result = await cleaner.clean(open.cleanUp, step: open.step, number: open.number, &scope)
                result.seconds = ports.clock.now() - began
            }
            results.append(result)
            do throws(StoreError) { try log.append(result.event(open.number).line) } catch {
                problem = problem ?? error.description
            }
        }
        let isDone = results.count == state.open.count && results.allSatisfy { $0.kind != .failed }
        do throws(StoreError) { try log.close(isDone: isDone && problem == nil) } catch {
            problem = problem ?? error.description
        }
        return JourneyReport.Leftover(
            run: state.head.run, journey: state.head.journey, file: path, cleanUps: results, problem: problem)
    }
}
