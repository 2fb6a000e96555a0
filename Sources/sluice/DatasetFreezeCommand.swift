import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// `sluice dataset freeze`: a name for a data set as it is now.
enum DatasetFreezeCommand {
    static let command = Command(
        name: "dataset freeze", summary: "give the data set as it is now a name that never means another",
        usage: ["--tag TAG [PATH…] [options]", "--list"],
        flags: [
            Flag(name: "tag", short: "t", value: "TAG", summary: "the name, such as 2026-q4"),
            Flag(name: "why", short: "w", value: "TEXT", summary: "why, in words that others can read later"),
            DatasetTarget.personFlag, Flag(name: "list", summary: "the frozen sets that there are"),
            PolicyFile.flag, Flag(name: "json", summary: "as JSON"),
        ],
        positionals: 0...10_000, statuses: [ExitStatus.ok] + ExitStatus.failures + [ExitStatus.storeTrouble],
        details: """
            A frozen set is two files to review and commit, in frozen/ beside the policy: TAG.json (digest, counts,
            who, why) and TAG.jsonl.zst (its rows). A policy that says 'frozen: TAG', or 'sluice eval --frozen TAG',
            refuses a set that was edited since, with what changed. 'sluice dataset diff TAG' and 'dataset export
            TAG' read it. A tag is never moved to another set.
            """,
        examples: [
            "sluice dataset freeze --list",
            "sluice dataset freeze --tag 2026-q4 --why \"reviewed by the desk\"",
            "sluice dataset freeze --tag 2026-q4 golden/",
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            let sets = NamedSet.frozen(arguments)
            if arguments.has("list") {
                try list(sets, arguments, console)
                return 0
            }
            guard let tag = arguments.value("tag") else {
                throw Arguments.Problem(message: "name the set: --tag 2026-q4", hint: nil)
            }
            guard FrozenSet.isTag(tag) else {
                throw Arguments.Problem(
                    message:
                        "--tag has letters, digits, '-', '_' and '.', a letter or digit first: not '\(tag)'",
                    hint: nil)
            }
            let policy = try DatasetArguments.policy(arguments, console)
            let paths = try DatasetArguments.paths(arguments, policy: policy)
            let who = try DatasetTarget.person(arguments)
            let files = try InputProblems.dataset(paths, console)
            let isKnown = sets.has(tag)
            let frozen: FrozenSet
            do throws(StoreError) {
                frozen = try sets.freeze(
                    files, tag: tag, who: who, why: arguments.value("why") ?? "", at: MachineFacts.now().text,
                    categories: try categories(files))
            } catch {
                guard error.kind == .denied else { throw error }
                console.error("sluice dataset freeze: \(error.description)")
                return ExitStatus.badInput
            }
            if arguments.has("json") {
                console.out(String(decoding: FrozenSetCodec.encode(frozen), as: UTF8.self))
                return 0
            }
            let count = frozen.count == 1 ? "1 example" : "\(Numbers.grouped(frozen.count)) examples"
            let did = isKnown ? "is frozen already as" : "is now"
            console.out(
                Sluice.printable(
                    "\(paths.joined(separator: " ")) \(did) \(tag): \(count), \(frozen.digest)") + "\n"
                    + "review and commit \(sets.folder)/\(tag).json and \(sets.folder)/\(tag).jsonl.zst\n")
            return 0
        } catch {
            return EvalCommand.report(error, arguments, console, command: "dataset freeze")
        }
    }

    private static func categories(_ set: DatasetFiles) throws(StoreError) -> [FrozenSet.Count] {
        var counts: [String: Int] = [:]
        for index in 0..<set.count {
            guard let category = try set.example(index).category else { continue }
            if counts[category] != nil || counts.count < 1000 { counts[category, default: 0] += 1 }
        }
        return counts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map {
            FrozenSet.Count(name: $0, count: counts[$0] ?? 0)
        }
    }

    private static func list(
        _ sets: FrozenSets, _ arguments: Arguments, _ console: Console
    ) throws(StoreError) {
        var found: [FrozenSet] = []
        for tag in try sets.list() { found.append(try sets.load(tag)) }
        if arguments.has("json") {
            let value: JSONValue = [
                "format": "sluice.frozen-sets/1", "sets": .array(found.map { FrozenSetCodec.json($0) }),
            ]
            return console.out(String(decoding: value.bytes(pretty: true), as: UTF8.self) + "\n")
        }
        if found.isEmpty { console.error("there is no frozen set in \(sets.folder)") }
        for set in found {
            let why = set.why.isEmpty ? "" : ": " + set.why
            let digest = ContentDigest(set.digest)?.short ?? ""
            console.out(
                Sluice.printable(
                    "\(set.tag)  \(set.frozenAt)  \(set.count) examples  sha256:\(digest)…  \(set.who)\(why)")
                    + "\n")
        }
    }
}
