import Domain
import Storage

/// What the actions of `sluice dataset` take alike.
enum DatasetArguments {
    /// The policy that was named, or that lies in the folder; nil where there is none and none was asked for.
    static func policy(_ arguments: Arguments, _ console: Console) throws(PolicyFile.Shown) -> PolicyFile? {
        guard arguments.has("policy") || InputFile.exists(PolicyFile.path(arguments)) else { return nil }
        return try PolicyFile.load(PolicyFile.path(arguments), console: console)
    }

    /// The data set that was named, or that of the policy.
    static func paths(_ arguments: Arguments, policy: PolicyFile?) throws(Arguments.Problem) -> [String] {
        if !arguments.positionals.isEmpty { return arguments.positionals }
        guard let policy else {
            throw Arguments.Problem(
                message: "name a data set, or a policy that names one with --policy FILE", hint: nil)
        }
        guard !policy.policy.datasets.isEmpty else {
            throw Arguments.Problem(
                message: "the policy \(policy.path) names no data set", hint: "name one: a file or a folder")
        }
        return policy.policy.datasets.map { PolicyFile.resolve($0, policy.folder) }
    }
}
