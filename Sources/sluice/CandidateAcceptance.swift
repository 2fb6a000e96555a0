import Curation
import Domain
import Glibc
import Interchange
import Notation
import Policy
import Reporting
import Storage

/// `sluice dataset candidates accept`: an example of each candidate, by a person's word.
struct CandidateAcceptance {
    private let arguments: Arguments
    private let console: Console
    private let path: String

    init(_ arguments: Arguments, _ console: Console) {
        self.arguments = arguments
        self.console = console
        path = CandidateFiles.path(arguments)
    }

    /// - Parameter given: Candidates; none: those that the lines of `--expect` name.
    func run(_ given: [String]) throws -> Int32 {
        guard let by = arguments.value("by") else {
            throw Arguments.Problem(message: "say who says what is right: --by NAME", hint: nil)
        }
        let ids = given.isEmpty ? try candidatesOfExpectations() : given
        for flag in ["reference", "id", "query"] where ids.count > 1 && arguments.has(flag) {
            throw Arguments.Problem(
                message:
                    "--\(flag) is one candidate's: accept them one by one, or give --expect FILE with a line each",
                hint: nil)
        }
        let file = try CandidatesCommand.policy(arguments, console)
        let paths = CandidatesCommand.dataset(arguments, file)
        let target = try target(paths)
        var acceptance = Acceptance(by: by, day: try DatasetArguments.today(arguments))
        acceptance.guideline = arguments.value("guideline")
        acceptance.id = arguments.value("id")
        acceptance.query = arguments.value("query")
        acceptance.slices = try slices()
        let expected = try expectations(ids)
        let systems =
            try (file.map { try LintInputs.systems($0) } ?? [])
            + LintInputs.seenSystems(arguments.value("store") ?? ".sluice")
        do throws(Acceptance.Refusal) { try Acceptance.check(person: by, systems: systems) } catch {
            throw refused(error)
        }
        var accepted: [Candidate] = []
        try CandidateFiles.update(path, console) { book in
            accepted = []
            var rows: [[UInt8]] = []
            let set = try examplesOfCandidates(paths, target)
            for id in ids where !accepted.contains(where: { $0.id == id }) {
                var candidate = try CandidatesCommand.found(id, book, path)
                try CandidatesCommand.checkOpen(candidate)
                var own = acceptance
                own.expectations = try expectations(of: candidate, expected[id] ?? expected[""])
                let example = acceptance.id ?? id
                if set.made[id] == example {
                    console.error(
                        "note: \(example) stands in the set already: a run before this one was cut short")
                } else {
                    do throws(Acceptance.Refusal) {
                        rows.append(JSONValue.object(try own.row(for: candidate)).bytes())
                    } catch { throw refused(error) }
                }
                candidate.state = .accepted
                candidate.decision = Candidate.Decision(
                    by: by, on: acceptance.day.description, example: example)
                book.put(candidate)
                accepted.append(candidate)
            }
            // The example first: a candidate that is marked without one would be lost.
            _ = try DatasetAppend.append(rows, to: target, others: set.others)
        }
        if arguments.has("json") {
            var facts = JSONObject()
            facts["file"] = .string(path)
            facts["added_to"] = .string(target)
            CandidatesCommand.write(CandidateJSON.list(accepted.map { [$0] }, facts: facts), console)
        } else {
            for candidate in accepted {
                console.out(
                    "accepted \(candidate.id) as \(candidate.decision?.example ?? "") in \(Sluice.printable(target))\n"
                )
            }
        }
        return 0
    }

    private func refused(_ refusal: Acceptance.Refusal) -> PolicyFile.Shown {
        console.error("sluice dataset candidates: \(refusal.message); \(refusal.mend)")
        return PolicyFile.Shown(status: ExitStatus.badInput)
    }

    // MARK: The set

    private func target(_ paths: [String]) throws(Arguments.Problem) -> String {
        if let given = arguments.value("to") {
            guard given.hasSuffix(".jsonl") else {
                throw Arguments.Problem(
                    message: "--to takes a .jsonl file of the data set, not '\(given)'", hint: nil)
            }
            return given
        }
        guard let path = paths.first, paths.count == 1 else {
            throw Arguments.Problem(
                message: paths.isEmpty
                    ? "name the data set: --dataset PATH, or --to FILE" : "the set has several files",
                hint: "name the one to add to: --to FILE")
        }
        var status = stat()
        let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        guard isFolder else { return path }
        return (path.hasSuffix("/") ? path : path + "/") + "accepted.jsonl"
    }

    /// Examples that candidates became already, and the set's files besides the one that is added to.
    private func examplesOfCandidates(
        _ paths: [String], _ target: String
    ) throws -> (made: [String: String], others: [String]) {
        var made: [String: String] = [:]
        func note(_ example: Example) {
            guard Acceptance.isFromCandidate(example), let source = example.provenance(.source) else {
                return
            }
            let id = source.dropFirst("candidate ".count).prefix { $0 != ":" }
            made[String(id)] = example.id
        }
        var others: [String] = []
        if !paths.isEmpty, paths != [target] || InputFile.exists(target) {
            others = try DatasetArguments.open(paths, console, visit: note).paths.filter { $0 != target }
        }
        if InputFile.exists(target), !paths.contains(target) {
            _ = try DatasetArguments.open([target], console, visit: note)
        }
        return (made, others)
    }

    // MARK: What is right

    private func slices() throws(Arguments.Problem) -> [(name: String, value: String)] {
        var slices: [(name: String, value: String)] = []
        for text in arguments.all("slice") {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw Arguments.Problem(message: "--slice takes NAME=VALUE, not '\(text)'", hint: nil)
            }
            let name = String(text[..<equals])
            guard DatasetField(column: name).map({ $0 == .category }) ?? true else {
                throw Arguments.Problem(
                    message: "'\(name)' is no slice of one's own: what is expected goes into --expect FILE",
                    hint: nil)
            }
            slices.append((name, String(text[text.index(after: equals)...])))
        }
        return slices
    }

    /// The candidates that the lines of `--expect` name, in their order; a line without one is told with the others.
    private func candidatesOfExpectations() throws -> [String] {
        let path = arguments.value("expect") ?? ""
        let bytes = try SensitiveArguments.input(path, console)
        var ids: [String] = []
        if let whole = (try? JSONValue.parse(bytes))?.objectValue {
            ids = [whole["candidate"]?.stringValue].compactMap { $0 }
        } else {
            try InputFile.lines(path) { _, bytes in
                let id = (try? JSONValue.parse(bytes))?.objectValue?["candidate"]?.stringValue
                if let id { ids.append(id) }
            }
        }
        guard !ids.isEmpty else {
            throw Arguments.Problem(
                message: "name the candidate: \(path) names none",
                hint: "write {\"candidate\": \"c-…\", …}, or give its id")
        }
        return ids
    }

    /// By candidate; under an empty name what holds for all.
    private func expectations(_ ids: [String]) throws -> [String: JSONObject] {
        guard let path = arguments.value("expect") else { return [:] }
        let bytes = try SensitiveArguments.input(path, console)
        if let whole = (try? JSONValue.parse(bytes))?.objectValue {
            return [whole["candidate"]?.stringValue ?? "": whole]
        }
        var found: [String: JSONObject] = [:]
        var problem: String?
        try InputFile.lines(path) { line, bytes in
            guard problem == nil else { return }
            guard let row = (try? JSONValue.parse(bytes))?.objectValue, let id = row["candidate"]?.stringValue
            else {
                problem = "\(path):\(line): error: no JSON object with a 'candidate'"
                return
            }
            found[id] = row
        }
        if problem == nil, let id = ids.first(where: { found[$0] == nil }) {
            problem = "\(path): error: no line says what is right for \(id)"
        }
        if let problem {
            console.error(
                problem + "; write {\"candidate\": \"c-…\", \"reference_response\": \"…\"}, a line each")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        return found
    }

    private func expectations(of candidate: Candidate, _ given: JSONObject?) throws -> JSONObject {
        var expectations = given ?? JSONObject()
        expectations["candidate"] = nil
        var references = arguments.all("reference")
        if arguments.has("correction") {
            guard let correction = candidate.correction else {
                throw StoreError(
                    .missing,
                    "nobody said what the answer to \(candidate.id) should be: give --reference TEXT")
            }
            references.append(correction)
        }
        if !references.isEmpty { expectations["reference_response"] = .array(references.map { .string($0) }) }
        return expectations
    }
}
