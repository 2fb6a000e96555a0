/// What a policy may reach, and who may approve that it is loosened.
public struct TrustLists: Sendable, Hashable {
    /// Hosts that may be called; nil: not restricted.
    public var hosts: [HostPattern]?
    /// Environment variables that may be read for `${env:NAME}`; nil: not restricted.
    public var environment: [String]?
    /// Command lines that may be run, each whole and word for word; nil: not restricted.
    public var commands: [[String]]?
    /// Who may approve; nil: anybody but the author.
    public var approvers: [String]?

    public init() {}

    /// Something that a target wants and the lists do not hold.
    public struct Refusal: Error, Sendable, Hashable {
        public enum Kind: Sendable, Hashable { case host, environment, command }

        public let kind: Kind
        /// The key of the target that wants it: `url`, `headers.Authorization`.
        public let key: String
        /// A sentence without a full stop.
        public let cause: String
        public let mend: String
    }

    /// All that a target wants and may not have. Nothing is looked up, resolved or asked.
    public func refusals(of target: TargetPolicy) -> [Refusal] {
        var refusals: [Refusal] = []
        switch target.kind {
        case .http(let url, _, _): refusals += refusal(url: url, key: "url").map { [$0] } ?? []
        case .openAI(let url, _, _, _, let system):
            refusals += refusal(url: url, key: "openai").map { [$0] } ?? []
            for name in system?.variables ?? [] {
                refusals += refusal(variable: name, key: "system").map { [$0] } ?? []
            }
        case .command(let arguments): refusals += refusal(command: arguments).map { [$0] } ?? []
        case .recorded: break
        }
        for header in target.headers {
            for name in header.value.variables {
                refusals += refusal(variable: name, key: "headers." + header.name).map { [$0] } ?? []
            }
        }
        return refusals
    }

    public func refusal(url: String, key: String) -> Refusal? {
        guard let hosts else { return nil }
        do throws(WebHost.Problem) {
            let host = try WebHost(url: url)
            if hosts.contains(where: { $0.matches(host) }) { return nil }
            return Refusal(
                kind: .host, key: key, cause: "the host \(host) is not in trust.hosts",
                mend: hosts.isEmpty
                    ? "no host may be called"
                    : "there are " + hosts.map(\.description).joined(separator: ", "))
        } catch {
            return Refusal(kind: .host, key: key, cause: error.cause, mend: error.mend)
        }
    }

    public func refusal(variable name: String, key: String) -> Refusal? {
        guard let environment, !environment.contains(name) else { return nil }
        return Refusal(
            kind: .environment, key: key, cause: "the variable \(name) is not in trust.env",
            mend: environment.isEmpty
                ? "no variable may be read" : "there are " + environment.joined(separator: ", "))
    }

    public func refusal(command arguments: [String]) -> Refusal? {
        guard let commands, !commands.contains(arguments) else { return nil }
        return Refusal(
            kind: .command, key: "command",
            cause: "the command [\(arguments.joined(separator: ", "))] is not in trust.commands",
            mend: "a command is listed whole, with all its arguments")
    }
}

extension TrustLists {
    /// These lists, and where one is missing what `targets` themselves use: nothing beyond what was reviewed.
    public func narrowed(to targets: [TargetPolicy]) -> TrustLists {
        var lists = self
        let used = TrustLists.used(by: targets)
        lists.hosts = hosts ?? used.hosts
        lists.environment = environment ?? used.environment
        lists.commands = commands ?? used.commands
        return lists
    }

    /// What targets use: each list sorted, nothing twice.
    static func used(by targets: [TargetPolicy]) -> TrustLists {
        var hosts = Set<String>()
        var variables = Set<String>()
        var commands = Set<[String]>()
        for target in targets {
            switch target.kind {
            case .http(let url, _, _):
                hosts.formUnion((try? WebHost(url: url)).map { [$0.description] } ?? [])
            case .openAI(let url, _, _, _, let system):
                hosts.formUnion((try? WebHost(url: url)).map { [$0.description] } ?? [])
                variables.formUnion(system?.variables ?? [])
            case .command(let arguments): commands.insert(arguments)
            case .recorded: break
            }
            for header in target.headers { variables.formUnion(header.value.variables) }
        }
        var used = TrustLists()
        used.hosts = hosts.sorted().compactMap { try? HostPattern($0) }
        used.environment = variables.sorted()
        used.commands = commands.sorted { $0.lexicographicallyPrecedes($1) }
        return used
    }
}
