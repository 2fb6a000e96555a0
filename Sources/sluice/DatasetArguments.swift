import Curation
import Digest
import Domain
import Interchange
import Notation
import Storage

/// What the actions of `sluice dataset` take alike.
enum DatasetArguments {
    /// The policy that was named; without a data set named, the one that lies in the folder. Nil where none was
    /// asked for.
    static func policy(_ arguments: Arguments, _ console: Console) throws(PolicyFile.Shown) -> PolicyFile? {
        guard arguments.has("policy") || arguments.positionals.isEmpty else { return nil }
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

    /// Reads a data set through, whatever is wrong with its rows.
    ///
    /// - Throws: Status 65 where a file cannot be read: that is the user's to mend, not the store's.
    static func open(
        _ paths: [String], _ console: Console, visit: (Example) -> Void
    ) throws(PolicyFile.Shown) -> DatasetFiles {
        do throws(StoreError) { return try DatasetFiles(paths: paths, visit: visit) } catch {
            console.error("sluice: the data set: \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }

    static func today(_ arguments: Arguments) throws(Arguments.Problem) -> Day {
        if let text = arguments.value("today") {
            guard let day = Day(text) else {
                throw Arguments.Problem(
                    message: "--today takes a day such as 2026-05-02, not '\(text)'", hint: nil)
            }
            return day
        }
        return Day(number: Int(MachineFacts.now().seconds / 86_400))
    }

    /// `golden/ · 4 files · sha256:9f2c…`.
    static func title(_ paths: [String], _ files: DatasetFiles) -> String {
        let number = files.paths.count == 1 ? "1 file" : "\(files.paths.count) files"
        let version = files.version.map { " · \($0)" } ?? ""
        let shown = paths.prefix(3).joined(separator: " ") + (paths.count > 3 ? " …" : "")
        let digest = files.problems.isEmpty ? files.digest.description : "no digest: rows cannot be read"
        let retired = files.retired.isEmpty ? "" : " · \(files.retired.count) retired"
        return "\(shown) · \(number)\(retired)\(version) · \(digest)"
    }

    static func facts(_ files: DatasetFiles) -> JSONObject {
        var facts = JSONObject()
        facts["files"] = .array(files.paths.map { .string($0) })
        facts["digest"] = files.problems.isEmpty ? .string(files.digest.description) : .null
        facts["retired"] = .integer(Int64(files.retired.count))
        if let version = files.version { facts["version"] = .string(version) }
        return facts
    }
}
