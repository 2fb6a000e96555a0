import Adoption
import Domain
import Interchange
import Notation
import Policy
import Reporting
import Storage
import Text

/// What every import does with what it made: holds it to what the gate can read, writes it, says what did not come over.
struct ImportOutput {
    let files: [NewFiles.File]
    let notes: [ImportNote]
    private let policy: String?

    var paths: [String] { files.map(\.path) }

    init(_ made: [ImportedFile], policy: String?, notes: [ImportNote], _ arguments: Arguments) {
        let out = arguments.value("out").map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        var files = made.map { NewFiles.File(path: out + $0.path, bytes: Array($0.text.utf8)) }
        if let policy { files.append(NewFiles.File(path: out + "sluice.yaml", bytes: Array(policy.utf8))) }
        self.files = files
        self.notes = notes
        self.policy = policy
    }

    /// The app that `--app` names, as it wants to be asked.
    static func app(_ arguments: Arguments, _ console: Console) async throws -> ImportedApp? {
        guard let url = arguments.value("app") else { return nil }
        return await ImportCommand.app(url, console)
    }

    /// - Throws: Where `--app` is no address.
    static func checkApp(_ arguments: Arguments) throws {
        guard let app = arguments.value("app") else { return }
        try InitHeaders.check(address: app)
        guard app.hasPrefix("http://") || app.hasPrefix("https://") else {
            throw Arguments.Problem(
                message: "--app takes an address such as http://127.0.0.1:8000/ask", hint: nil)
        }
    }

    /// What was made must be what the gate can read: a defect of this command otherwise.
    func check(_ console: Console) throws {
        if let policy {
            let (read, diagnostics) = PolicyReader.read(Array(policy.utf8), path: "sluice.yaml")
            guard read != nil else {
                console.error(DiagnosticText(isColoured: false).render(diagnostics))
                throw InitDefect()
            }
        }
        for file in files where file.path.hasSuffix(".jsonl") && file.path.contains("golden/") {
            let (_, reader) = DatasetReader.read([(name: file.path, bytes: file.bytes)])
            for problem in reader.problems.prefix(20) { console.error(problem.description) }
            if reader.errorCount > 0 { throw PolicyFile.Shown(status: ExitStatus.badInput) }
        }
    }

    /// Writes all files or none; false where some stand there already, which has been said.
    func write(_ arguments: Arguments, _ console: Console) throws -> Bool {
        let standing = NewFiles.standing(paths)
        guard arguments.has("force") || standing.isEmpty else {
            console.error(
                "sluice import: \(standing.joined(separator: ", ")) stands there already; replace with --force, or "
                    + "name another folder with --out")
            return false
        }
        try NewFiles.write(files, replacing: arguments.has("force"))
        return true
    }

    // MARK: Words

    /// - Parameters:
    ///   - lost: The title of what did not come over.
    ///   - folder: Before the notes' places.
    func notesText(_ lost: String, folder: String = "") -> String {
        list(notes.filter { $0.kind == .left }, lost, folder)
            + list(
                notes.filter { $0.kind == .changed }, "came over, and means something slightly different",
                folder)
    }

    private func list(_ notes: [ImportNote], _ title: String, _ folder: String) -> String {
        if notes.isEmpty { return "" }
        var out = "\(title) (\(notes.count))\n"
        for note in notes {
            let line = note.place.line > 0 ? ":\(note.place.line)" : ""
            out += "  \(VisibleText.line(folder + note.place.file))\(line)  \(VisibleText.line(note.what))\n"
            out += "      mend: \(VisibleText.line(note.mend))\n"
        }
        return out + "\n"
    }

    func filesText(written: Bool) -> String {
        paths.map { (written ? "wrote " : "would write ") + $0 + "\n" }.joined()
    }

    /// The report as JSON, with the members that one import has of its own.
    func json(from name: String, _ own: [(String, JSONValue)], written: Bool) -> String {
        var value = JSONObject()
        value["format"] = "sluice.import/1"
        value["from"] = .string(name)
        for (key, member) in own { value[key] = member }
        value["notes"] = .array(
            notes.map { note in
                [
                    "kind": .string(note.kind.rawValue), "file": .string(note.place.file),
                    "line": .integer(Int64(note.place.line)), "what": .string(note.what),
                    "mend": .string(note.mend),
                ]
            })
        value["files"] = .array(paths.map { .string($0) })
        value["written"] = .bool(written)
        return String(decoding: JSONValue.object(value).bytes(pretty: true), as: UTF8.self) + "\n"
    }
}
