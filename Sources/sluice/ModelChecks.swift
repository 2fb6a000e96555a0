import BERT
import Domain
import Embedding
import Policy
import Targets

/// What a policy's models need of this machine, looked at before anything is asked.
enum ModelChecks {
    /// What is wrong with a model, at its place in the policy.
    struct Problem: Error, CustomStringConvertible {
        let place: SourcePlace
        let message: String

        var description: String { "\(PolicyFile.place(place)): error: \(message)" }
    }

    /// All that is missing or does not fit: the encoder's files, and the programs of judge and metrics. Nothing is
    /// started, and the weights are not read.
    static func problems(_ file: PolicyFile, _ allowance: TargetAllowance?) -> [Problem] {
        var problems: [Problem] = []
        let policy = file.policy
        if case .encoder(let folder)? = policy.embedding {
            do throws(ModelProblem) {
                try EncoderEmbedder.check(folder: PolicyFile.resolve(folder, file.folder))
            } catch { problems.append(embedding(error, policy)) }
        }
        if case .command(let arguments)? = policy.judge?.kind, let place = policy.judge?.place {
            problems += program(arguments, "judge", place, file, allowance)
        }
        for metric in policy.customs {
            guard case .command(let arguments) = metric.source else { continue }
            problems += program(arguments, "custom.\(metric.name)", metric.place, file, allowance)
        }
        return problems
    }

    static func embedding(_ error: ModelProblem, _ policy: ReleasePolicy) -> Problem {
        Problem(place: policy.embeddingPlace, message: "embedding.model: \(error.description)")
    }

    /// Throws the first thing that is wrong with a command.
    static func check(
        _ arguments: [String], _ key: String, _ place: SourcePlace, _ file: PolicyFile,
        _ allowance: TargetAllowance?
    ) throws(Problem) {
        if let first = program(arguments, key, place, file, allowance).first { throw first }
    }

    private static func program(
        _ arguments: [String], _ key: String, _ place: SourcePlace, _ file: PolicyFile,
        _ allowance: TargetAllowance?
    ) -> [Problem] {
        do throws(TargetProblem) {
            try CommandProgram.check(
                arguments, folder: file.folder, search: Environment.value("PATH") ?? "", allowance: allowance)
            return []
        } catch {
            return error.items.map {
                Problem(place: place, message: "\(key).\($0.key): \($0.cause); \($0.mend)")
            }
        }
    }
}
