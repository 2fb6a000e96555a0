import Domain
import Interchange
import Notation
import Policy
import Reporting
import Revisions
import Storage
import Targets

/// Where a command takes its policy from: as it stands, or as a revision has it that the change cannot write.
///
/// Every command that asks an app opens this door and takes `file`, the policy in force, `allowance`, what its targets
/// may reach, and `trust`, which is to be shown. Where `trust` is refused nothing may be asked.
struct PolicyDoor {
    /// The policy in force: the trusted one, or the change's own where somebody else approved it.
    let file: PolicyFile
    /// What came of the comparison; nil: the policy is taken as it stands.
    let trust: TrustReport?
    /// The data set that the change brings, where it was read for the comparison.
    let dataset: Manifest.DatasetFacts?
    private let top: String?

    /// A policy that is taken as it stands.
    init(asItStands file: PolicyFile) {
        self.init(file: file, trust: nil, dataset: nil, top: Self.top(file))
    }

    private init(
        file: PolicyFile, trust: TrustReport?, dataset: Manifest.DatasetFacts?, top: String?
    ) {
        self.file = file
        self.trust = trust
        self.dataset = dataset
        self.top = top
    }

    static let flags = [
        Flag(
            name: "policy-from", value: "REF",
            summary:
                "take the policy from a git revision, or a file (/…, ./…, ../…), that the change cannot write"
        ),
        Flag(
            name: "author", value: "PERSON", repeats: true,
            summary: "who made the change: their approval does not count"),
        Flag(
            name: "approved-by", value: "PERSON=DIGEST", repeats: true,
            summary: "who approved what is loosened, as the code host says"),
    ]

    static func open(
        _ arguments: Arguments, repeats: Int? = nil, console: Console
    ) throws -> PolicyDoor {
        let path = PolicyFile.path(arguments)
        guard let words = arguments.value("policy-from") else {
            for flag in ["author", "approved-by"] where arguments.has(flag) {
                throw Arguments.Problem(
                    message: "--\(flag) speaks of a change that is held against a trusted policy",
                    hint: "name that with --policy-from REF")
            }
            let file = try PolicyFile.load(path, repeats: repeats, console: console)
            return PolicyDoor(file: file, trust: nil, dataset: nil, top: Self.top(file))
        }
        do {
            return try guarded(words, arguments, path: path, repeats: repeats, console: console)
        } catch let problem as StoreError {
            // What the change or the command line brought about is no trouble of a store.
            throw StoreError(
                problem.kind == .denied ? .damaged : problem.kind,
                "--policy-from \(words): \(problem.description)")
        }
    }

    private static func guarded(
        _ words: String, _ arguments: Arguments, path: String, repeats: Int?, console: Console
    ) throws -> PolicyDoor {
        let tree = try TrustedTree(words, policy: path, path: Environment.value("PATH") ?? "")
        let comparison = try TrustComparison(tree, arguments, path: path, repeats: repeats, console: console)
        let bytes = comparison.report.isApproved ? comparison.proposedBytes : comparison.trustedBytes
        // What is held back needs no files beside it, and must not be made to read any.
        let file =
            comparison.report.isRefused
            ? PolicyFile.bare(comparison.trusted, path: path)
            : try PolicyFile.parse(bytes, path: path, repeats: repeats, console: console)
        return PolicyDoor(file: file, trust: comparison.report, dataset: comparison.dataset, top: tree.top)
    }

    private static func top(_ file: PolicyFile) -> String? {
        Paths.real(Paths.absolute(file.folder)).flatMap(GitRepository.top)
    }

    /// What the targets may reach; nil: the policy restricts nothing.
    ///
    /// A trusted policy without lists may reach what it names itself, and nothing that a command line adds to it.
    var allowance: TargetAllowance? {
        var lists = file.policy.trust
        if trust != nil {
            lists = lists.narrowed(to: file.policy.reach.map(\.target))
        }
        guard lists.hosts != nil || lists.environment != nil || lists.commands != nil else { return nil }
        let isRestricted = lists.commands != nil
        let folder = Paths.absolute(file.folder)
        return TargetAllowance(lists) { [top] arguments throws(TargetProblem) in
            guard isRestricted else { return nil }
            do throws(ProgramFile.Problem) {
                return try ProgramFile.resolve(
                    arguments.first ?? "", in: Paths.real(folder) ?? folder, outside: top,
                    path: Environment.value("PATH") ?? "")
            } catch {
                throw TargetProblem(key: "command", cause: error.cause, mend: error.mend)
            }
        }
    }

    /// What a command says that asks nothing, since the change is held back.
    static func refused(
        _ format: String, _ trust: TrustReport, _ arguments: Arguments, _ console: Console
    ) -> Int32 {
        if arguments.has("json") {
            let value: JSONValue = [
                "format": .string(format), "verdict": .string(Verdict.block.rawValue),
                "headline": .string(TrustWords.headline(trust)), "trust": TrustCodec.json(trust),
            ]
            console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        } else {
            let lines = [Verdict.block.rawValue + "  " + TrustWords.headline(trust)] + TrustWords.lines(trust)
            console.out(lines.map(Sluice.printable).joined(separator: "\n") + "\n")
        }
        return ExitStatus.block
    }
}
