import Domain
import Text

/// The judge that answered, as its answers name it: held against the one that was calibrated, and against the app's own
/// models. The policy's name of a model says what was asked for, and not what stands behind the address.
struct AnsweringJudge {
    /// Why no gate may rest on its verdicts; nil: nothing speaks against it.
    let refusal: String?

    /// - Parameters:
    ///   - calibrated: The names that answered when it was calibrated; empty: not known, and nothing is held against them.
    ///   - app: What the app was seen to run with.
    ///   - mayJudgeItself: Whether the policy allows a judge of the app's own family.
    init(
        _ uses: [ModelUse], calibrated: [String], app: [Manifest.ObservedVersion], mayJudgeItself: Bool
    ) {
        let judges = uses.filter { $0.model.role == "judge" }
        let names = Set(judges.flatMap(\.names)).sorted()
        let others = calibrated.isEmpty ? [] : names.filter { !calibrated.contains($0) }
        if !others.isEmpty {
            refusal =
                "the judge that answered calls itself \(Self.list(others)), and the one that was calibrated "
                + "\(Self.list(calibrated)); run 'sluice judge calibrate --ask' again"
            return
        }
        let generators = app.filter { Self.isModel($0.name) }.flatMap(\.values)
        guard !mayJudgeItself, !generators.isEmpty else {
            refusal = nil
            return
        }
        for name in names {
            let judge = JudgeIdentity(kind: "answered", model: name, address: "")
            if case .shared(let families) = SelfJudging(judge: judge, generators: generators) {
                refusal =
                    "the judge that answered calls itself \(Self.list([name])), of the app's own family "
                    + "(\(families.map(\.name).joined(separator: ", "))): name another judge, or allow it with a reason "
                    + "in judge.self_judging"
                return
            }
        }
        refusal = nil
    }

    /// As `JudgeSettings` tells an answer's model from other versions.
    private static func isModel(_ version: String) -> Bool {
        let name = version.lowercased()
        return name.contains("model") && !name.contains("embed") && !name.contains("judge")
    }

    private static func list(_ names: [String]) -> String {
        names.map { "'\(Prose.line($0, most: 60))'" }.joined(separator: ", ")
    }
}
