import Curation
import Domain
import Interchange
import Notation
import Policy
import Reporting
import Storage
import Text

/// `sluice dataset candidates collect`: reads what went wrong out of runs, feedback and traffic, and holds it.
struct CandidateCollection {
    private let arguments: Arguments
    private let console: Console
    private let store: String
    private let path: String

    init(_ arguments: Arguments, _ console: Console) {
        self.arguments = arguments
        self.console = console
        store = arguments.value("store") ?? ".sluice"
        path = CandidateFiles.path(arguments)
    }

    /// What the sources held.
    private struct Read {
        var sightings: [Candidate] = []
        var rows = 0
        var silent = 0
        var unreadable = 0
        var unknownVotes = 0
        var sources: [String] = []
    }

    func run() throws -> Int32 {
        let most = try arguments.number("most", least: 1) ?? 200
        let day = try DatasetArguments.today(arguments)
        let file = try CandidatesCommand.policy(arguments, console)
        let paths = CandidatesCommand.dataset(arguments, file)
        try checkPlace(paths)
        let key = try SensitiveArguments.key(arguments, keptIn: store, console)
        let pseudonyms = Pseudonyms(key: key.bytes)
        let upkeep = file?.policy.upkeep ?? Upkeep()
        var arranger: CandidateArranger?
        var set: any ExampleSource = MemoryExamples([])
        var slices = file?.policy.slices ?? []
        var columns = Set(slices)
        if !paths.isEmpty {
            let files = try DatasetArguments.open(paths, console) { _ in }
            let own = files.columns.filter(\.isSlice).map(\.name)
            if slices.isEmpty { slices = ["category"] + own.prefix(12) }
            columns.formUnion(own)
            set = files
        }
        arranger = CandidateArranger(
            columns: file.map { LintInputs.sentColumns($0.policy) } ?? [], threshold: upkeep.similarity,
            slices: slices)
        for number in 0..<set.count { arranger?.note(try set.example(number)) }
        var read = Read()
        try readRuns(&read, file, pseudonyms)
        try readFiles(&read, SightingReader(columns: columns) { pseudonyms.mark("row", of: $0) })
        let sightings = try anonymised(read.sightings, pseudonyms, day)
        return try keep(sightings, read, arranger, set, most: most)
    }

    /// A file of candidates within a data set would be read as examples.
    private func checkPlace(_ paths: [String]) throws(Arguments.Problem) {
        guard path.hasSuffix(".jsonl") else { return }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        func plain(_ path: String) -> String {
            var path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
            while path.hasSuffix("/") { path.removeLast() }
            return path.isEmpty ? "." : path
        }
        for other in paths where plain(other) == plain(folder) || plain(other) == plain(path) {
            throw Arguments.Problem(
                message: "'\(path)' lies in the data set \(other) and would be read as examples",
                hint: "name another --file")
        }
    }

    // MARK: Sources

    private func readRuns(_ read: inout Read, _ file: PolicyFile?, _ pseudonyms: Pseudonyms) throws {
        var runs = arguments.all("run")
        if runs.isEmpty, !arguments.has("feedback"), !arguments.has("exchanges") {
            guard let newest = try CandidateRuns.newest(store, project: file?.policy.project) else {
                throw Arguments.Problem(
                    message: "no run under \(store) reached a verdict, and no file is named",
                    hint: "name a source: --run, --feedback or --exchanges")
            }
            runs = [newest]
        }
        let reader = CandidateRuns(store: store, console: console) { pseudonyms.mark("run", of: $0) }
        for run in runs {
            let found = try reader.sightings(run)
            read.sightings += found
            read.rows += found.count
            read.sources.append("run \(run)")
        }
    }

    private func readFiles(_ read: inout Read, _ reader: SightingReader) throws {
        for (flag, isTraffic) in [("feedback", false), ("exchanges", true)] {
            for file in arguments.all(flag) {
                read.sources.append(file)
                let name = file.split(separator: "/").last.map(String.init) ?? file
                let isTable = file.lowercased().hasSuffix(".csv")
                try visit(file, isTable: isTable) { line, row in
                    read.rows += 1
                    guard let row else {
                        tell(
                            &read, file, line, "the row is no JSON object",
                            "write {\"query\": \"…\", …}, a row a line")
                        return
                    }
                    switch reader.read(row, source: name, isTraffic: isTraffic) {
                    case .sighting(let candidate): read.sightings.append(candidate)
                    case .nothing: read.silent += 1
                    case .unknownVote(let column):
                        read.unknownVotes += 1
                        guard read.unknownVotes <= 20 else { return }
                        console.error(
                            "\(file):\(line): warning: what '\(column)' says is neither praise nor complaint; write up or "
                                + "down; the row is set aside")
                    case .unreadable(let cause, let mend): tell(&read, file, line, cause, mend)
                    }
                }
            }
        }
    }

    private func tell(_ read: inout Read, _ file: String, _ line: Int, _ cause: String, _ mend: String) {
        read.unreadable += 1
        guard read.unreadable <= 20 else { return }
        console.error("\(file):\(line): warning: \(cause); \(mend); the row is left out")
    }

    private func visit(_ file: String, isTable: Bool, _ each: (Int, JSONObject?) -> Void) throws {
        guard isTable else {
            do throws(StoreError) {
                try InputFile.lines(file) { line, bytes in
                    // A long number told apart from the next one, or two rows would be one.
                    let limits = JSONLimits(longNumbers: .texts)
                    each(line, (try? JSONValue.parse(bytes, limits: limits))?.objectValue)
                }
            } catch {
                console.error("sluice: \(error.description)")
                throw PolicyFile.Shown(status: ExitStatus.badInput)
            }
            return
        }
        let bytes = try SensitiveArguments.input(file, console)
        if let (what, mend) = SheetReader.binary(bytes) {
            console.error("\(file):1: error: \(what); \(mend)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            console.error("\(file):\(error.line):\(error.column): error: \(error.cause); \(error.mend)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        let names = rows.first?.map(\.text) ?? []
        for row in rows.dropFirst() {
            guard row.count == names.count else {
                each(row[0].line, nil)
                continue
            }
            var object = JSONObject()
            for (name, cell) in zip(names, row) where !cell.text.isEmpty { object[name] = .string(cell.text) }
            each(row[0].line, object)
        }
    }

    // MARK: What is kept

    private func anonymised(_ found: [Candidate], _ pseudonyms: Pseudonyms, _ day: Day) throws -> [Candidate]
    {
        let isPlain = arguments.has("no-anonymise")
        var options = Anonymiser.Options()
        options.allowed = arguments.all("allow")
        options.kept = Anonymiser.ownPlaces
        options.replacesIdentifiers = true
        var anonymiser = Anonymiser(try SensitiveArguments.finder(arguments, console), pseudonyms, options)
        var out: [Candidate] = []
        var lost = 0
        for sighting in found {
            var candidate = sighting
            if !isPlain {
                do throws(Anonymiser.Problem) {
                    candidate = try anonymiser.candidate(sighting, file: sighting.signals.first?.source ?? "")
                } catch {
                    lost += 1
                    continue
                }
            }
            candidate.collected = day.description
            out.append(candidate)
        }
        if lost > 0 { console.error("warning: \(lost) texts take too long to search and were left out") }
        if isPlain {
            console.error(
                "note: --no-anonymise: texts are kept as they came, with whatever they say of people")
        } else if anonymiser.report.found > 0 {
            let kinds = anonymiser.report.byKind.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            console.error("note: anonymised: \(kinds)")
        }
        return out
    }

    private func keep(
        _ sightings: [Candidate], _ read: Read, _ arranger: CandidateArranger?, _ set: any ExampleSource,
        most: Int
    ) throws -> Int32 {
        var fresh = Set<String>()
        var again = 0
        var known = 0
        var cut = (alike: 0, beyond: 0)
        var book = CandidateBook()
        try CandidateFiles.update(path, console) { current in
            let before = Set(current.candidates.map(\.id))
            (again, known) = (0, 0)
            for sighting in sightings {
                switch current.add(sighting) {
                case .new: break
                case .seenAgain: again += 1
                case .known: known += 1
                }
            }
            fresh = Set(current.candidates.map(\.id)).subtracting(before)
            if fresh.isEmpty, again == 0 {
                book = current
                return
            }
            if var arranger { cut = try arranger.arrange(&current, fresh: fresh, most: most, set: set) }
            book = current
        }
        let new = book.candidates.filter { fresh.contains($0.id) }
        report(new, read, book, again: again, known: known, cut: cut)
        let unusable = read.unreadable + read.unknownVotes
        guard unusable > 0, unusable == read.rows else { return 0 }
        console.error("no row of \(read.rows) can be used")
        return ExitStatus.badInput
    }

    private func report(
        _ new: [Candidate], _ read: Read, _ book: CandidateBook, again: Int, known: Int,
        cut: (alike: Int, beyond: Int)
    ) {
        let ids = Set(new.map(\.id))
        let clusters = book.clusters { ids.contains($0.id) }
        let inSet = new.count { $0.inSet != nil }
        if arguments.has("json") {
            var facts = JSONObject()
            facts["file"] = .string(path)
            facts["sources"] = .array(read.sources.map { .string($0) })
            for (name, number) in [
                ("rows", read.rows), ("sightings", read.sightings.count), ("new", new.count),
                ("seen_again", again),
                ("known", known), ("in_set", inSet), ("like_the_set", cut.alike), ("beyond_most", cut.beyond),
                ("said_nothing", read.silent), ("unreadable", read.unreadable),
                ("unknown_votes", read.unknownVotes),
                ("open", book.candidates.count { $0.state == .open }),
            ] { facts[name] = .integer(Int64(number)) }
            CandidatesCommand.write(CandidateJSON.list(clusters, facts: facts), console)
            return
        }
        var parts = ["\(new.count) new in \(clusters.count) \(clusters.count == 1 ? "cluster" : "clusters")"]
        for (number, words) in [
            (inSet, "of them in the set already"), (again, "seen again"), (known, "counted before"),
            (cut.alike, "like what is known"), (cut.beyond, "beyond --most"),
            (read.silent, "without complaint"),
            (read.unreadable, "unreadable"), (read.unknownVotes, "with an unknown vote, set aside"),
        ] where number > 0 { parts.append("\(number) \(words)") }
        let title = "\(read.sources.joined(separator: " ")) → \(path): " + parts.joined(separator: ", ")
        console.out(
            CandidateText.list(
                clusters, title: title, most: arguments.has("all") ? .max : 10, width: console.width,
                colour: console.hasColour))
    }
}
