import Curation
import Domain
import Interchange
import Notation
import Storage

/// The data set that `add`, `retire` and `import` change, and the file of it that takes new rows.
struct DatasetTarget {
    let paths: [String]
    /// The set as it is; nil where the file is yet to be made.
    let files: DatasetFiles?
    let upkeep: Upkeep
    /// Further columns that requests send.
    let inputColumns: [String]

    static let flags = [
        Flag(
            name: "dataset", short: "d", value: "PATH", repeats: true,
            summary: "the data set: a file or a folder (default: the policy's)"),
        Flag(
            name: "file", value: "FILE",
            summary: "the file of the set that takes new rows, where it has several; made where it is missing"
        ),
    ]

    static let personFlag = Flag(
        name: "as", value: "PERSON", summary: "who does it (default: git's user.name, else the login)")

    /// - Parameter makes: Whether a set of one file may be begun.
    init(_ arguments: Arguments, _ console: Console, makes: Bool) throws {
        var policy: PolicyFile?
        let given = arguments.all("dataset")
        if arguments.has("policy") || (given.isEmpty && InputFile.exists(PolicyFile.path(arguments))) {
            policy = try PolicyFile.load(PolicyFile.path(arguments), console: console)
        }
        let named = policy.map { file in file.policy.datasets.map { PolicyFile.resolve($0, file.folder) } }
        paths = given.isEmpty ? named ?? [] : given
        guard !paths.isEmpty else {
            throw Arguments.Problem(
                message: "name the data set with --dataset PATH, or a policy that names one", hint: nil)
        }
        upkeep = policy?.policy.upkeep ?? Upkeep()
        inputColumns = policy.map { LintInputs.sentColumns($0.policy) } ?? []
        if makes, paths.count == 1, paths[0].hasSuffix(".jsonl"), !InputFile.exists(paths[0]) {
            files = nil
        } else {
            files = try DatasetArguments.open(paths, console) { _ in }
        }
    }

    /// The file that takes new rows.
    func file(_ arguments: Arguments) throws -> String {
        let known = files?.paths ?? paths
        if let name = arguments.value("file") {
            if known.contains(name) { return name }
            let inFolder = paths.filter { !$0.hasSuffix(".jsonl") }.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
            for folder in inFolder where known.contains(folder + name) { return folder + name }
            guard name.hasSuffix(".jsonl") else {
                throw Arguments.Problem(message: "--file '\(name)' has to end in .jsonl", hint: nil)
            }
            // A new file has to lie where the set is read from.
            if inFolder.contains(where: { name.hasPrefix($0) && !name.dropFirst($0.count).contains("/") }) {
                return name
            }
            if inFolder.count == 1, !name.contains("/") { return inFolder[0] + name }
            throw Arguments.Problem(
                message: "--file '\(name)' is no file of the data set",
                hint: "it has " + known.prefix(8).joined(separator: ", "))
        }
        guard known.count == 1 else {
            throw Arguments.Problem(
                message: "the data set has \(known.count) files; say which takes the rows with --file FILE",
                hint: "it has " + known.prefix(8).joined(separator: ", "))
        }
        return known[0]
    }

    static func person(_ arguments: Arguments) throws(Arguments.Problem) -> String {
        if let who = arguments.value("as") ?? MachineFacts.person(), !who.allSatisfy(\.isWhitespace) {
            return who
        }
        throw Arguments.Problem(message: "say who does it: --as PERSON", hint: nil)
    }
}

/// What new rows are given of where they come from, where they do not say it themselves.
struct ProvenanceFlags {
    static let flags: [Flag] = [
        Flag(name: "source", value: "TEXT", summary: "where the cases come from, where a row does not say"),
        Flag(name: "owner", value: "PERSON", summary: "who answers for them, likewise"),
        Flag(name: "annotator", value: "PERSON", summary: "who wrote what is expected, likewise"),
        Flag(name: "approver", value: "PERSON", summary: "who agreed with it, likewise"),
        Flag(
            name: "date", value: "DATE",
            summary: "when it was written, likewise (default: today, where --annotator is given)"),
        Flag(name: "guideline", value: "VERSION", summary: "the guideline it was written by, likewise"),
    ]

    private let members: [(member: ProvenanceMember, value: String)]

    init(_ arguments: Arguments) throws(Arguments.Problem) {
        var members: [(ProvenanceMember, String)] = []
        for flag in ProvenanceFlags.flags {
            guard let member = ProvenanceMember(rawValue: flag.name) else { continue }
            if let value = arguments.value(flag.name) {
                if member == .date, Day(value) == nil {
                    throw Arguments.Problem(
                        message: "--date takes a day such as 2026-05-02, not '\(value)'", hint: nil)
                }
                members.append((member, value))
            } else if member == .date, arguments.has("annotator") {
                members.append((member, try DatasetArguments.today(arguments).description))
            }
        }
        self.members = members
    }

    /// The row with what it does not say itself; its other bytes are left as they are.
    func complete(_ row: [UInt8], _ example: Example) -> [UInt8] {
        let missing = members.filter { example.provenance($0.member) == nil }
        if missing.isEmpty { return row }
        guard case .object(let object)? = try? JSONValue.parse(row) else { return row }
        let key =
            object.keys.last { DatasetField(column: $0) == .provenance } ?? DatasetField.provenance.rawValue
        var provenance = JSONObject()
        switch object[key] {
        case .object(let known)?: provenance = known
        case .string(let source)?: provenance["source"] = .string(source)
        default: break
        }
        for (member, value) in missing { provenance[member.rawValue] = .string(value) }
        return RowEdit.setting([(key: key, value: .object(provenance))], in: row) ?? row
    }
}
