import Domain

/// What a target may reach: whom it may call, which variables it may read, which program it may start.
public struct TargetAllowance: Sendable {
    /// Which file a command line's program is, or why it may not be started; nil: as `PATH` has it.
    public typealias ProgramLookup = @Sendable (_ arguments: [String]) throws(TargetProblem) -> String?

    private let lists: TrustLists
    private let lookup: ProgramLookup

    /// What every command gets of the environment, whatever the policy says.
    static let usualVariables = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"]

    public init(_ lists: TrustLists, program: @escaping ProgramLookup) {
        self.lists = lists
        lookup = program
    }

    /// - Throws: All that the target wants and may not have, before anything is looked up, started or sent.
    public func check(_ policy: TargetPolicy) throws(TargetProblem) {
        let refusals = lists.refusals(of: policy)
        guard refusals.isEmpty else {
            throw TargetProblem(
                items: refusals.map { TargetProblem.Item(key: $0.key, cause: $0.cause, mend: $0.mend) })
        }
    }

    public func restricting(_ environment: @escaping EnvironmentLookup) -> EnvironmentLookup {
        guard let allowed = lists.environment.map(Set.init) else { return environment }
        return { name in
            allowed.contains(name) || TargetAllowance.usualVariables.contains(name) ? environment(name) : nil
        }
    }

    func program(_ arguments: [String]) throws(TargetProblem) -> String? { try lookup(arguments) }
}
