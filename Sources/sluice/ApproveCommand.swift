import Domain
import Interchange
import Notation
import Policy
import Reporting
import Storage

/// `sluice approve`: a person agrees to exactly what a change loosens.
enum ApproveCommand {
    /// Days that an approval counts, where nothing else is said.
    static let usualDays = 30

    static let command = Command(
        name: "approve",
        summary: "agree to exactly what a change loosens in its policy, for a while",
        usage: ["DIGEST --why TEXT [options]", "--policy-from REF --author PERSON --why TEXT [options]"],
        flags: [
            PolicyFile.flag
        ] + PolicyDoor.flags.filter { $0.name != "approved-by" } + [
            Flag(
                name: "why", short: "w", value: "TEXT",
                summary: "why this may be, for those who read it later"),
            Flag(
                name: "as", value: "PERSON",
                summary:
                    "who approves, as trust.approvers names them (default: git's user.name, else the login)"),
            Flag(
                name: "until", value: "DATE",
                summary: "the last day on which it counts (default: 30 days from now)"),
            Flag(
                name: "record", value: "FILE",
                summary: "where it is appended (default: approvals.jsonl beside the policy)"),
            Flag(name: "store", value: "FOLDER", summary: "where runs are kept (default: .sluice)"),
            Flag(name: "json", summary: "print the approval as JSON"),
        ],
        positionals: 0...1, statuses: [ExitStatus.ok] + ExitStatus.failures,
        details: """
            'sluice eval --policy-from REF' blocks a change that loosens its policy and names the digest of exactly what
            is loosened. An approver who is not the change's author appends a line to approvals.jsonl with this command
            and commits it to REF, the revision that the gate trusts: a copy in the change itself does not count, and is
            itself told as a loosening. With --policy-from the list is made anew and shown before it is approved. Where
            the code host keeps approvals, CI hands them over instead: sluice eval --approved-by PERSON=DIGEST.
            """,
        examples: [
            "sluice approve 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --why agreed --as ada"
        ],
        run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        do {
            return try approve(arguments, console)
        } catch {
            return EvalCommand.report(error, arguments, console, command: "approve")
        }
    }

    private static func approve(_ arguments: Arguments, _ console: Console) throws -> Int32 {
        guard let why = arguments.value("why"), !why.allSatisfy(\.isWhitespace) else {
            throw Arguments.Problem(message: "say why, for those who read it later: --why \"…\"", hint: nil)
        }
        guard let who = arguments.value("as") ?? MachineFacts.person() else {
            throw Arguments.Problem(message: "say who approves it: --as PERSON", hint: nil)
        }
        let (digest, what) = try subject(arguments, who, console)
        let now = MachineFacts.now().text
        guard let today = Day(now), let until = try until(arguments, today) else {
            throw Arguments.Problem(message: "--until takes a date, YYYY-MM-DD", hint: nil)
        }
        let path = PolicyFile.path(arguments)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let file = arguments.value("record") ?? folder + ApprovalCodec.file
        let approval = Approval(digest: digest, approver: who, why: why, at: now, until: until, source: file)
        let line = ApprovalCodec.encode(approval, what: what)
        var bytes = InputFile.exists(file) ? try InputFile.read(file) : []
        if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
        try InputFile.write(file, bytes + line)
        if arguments.has("json") {
            console.out(String(decoding: line, as: UTF8.self))
        } else {
            console.out(
                Sluice.printable("approved \(digest) by \(who) until \(until): \(why)") + "\n"
                    + Sluice.printable(
                        "\(file): commit it to the revision that the gate takes its policy from") + "\n")
        }
        return 0
    }

    /// What is approved: the digest that was given, or what the change in this folder loosens.
    private static func subject(
        _ arguments: Arguments, _ who: String, _ console: Console
    ) throws -> (digest: String, what: [String]) {
        let given = arguments.positionals.first
        if let given {
            let hex = given.hasPrefix("sha256:") ? given.dropFirst(7) : given[...]
            let isHex = hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            guard isHex, hex.utf8.count == 64 else {
                throw Arguments.Problem(
                    message: "'\(given)' is no digest",
                    hint: "it is 'sha256:' and 64 digits, as the report prints it")
            }
        }
        guard arguments.has("policy-from") else {
            guard let given else {
                throw Arguments.Problem(
                    message: "name what is approved",
                    hint: "the report's digest, or --policy-from REF in the change's folder")
            }
            return (given.hasPrefix("sha256:") ? given : "sha256:" + given, [])
        }
        guard let trust = try PolicyDoor.open(arguments, console: console).trust, !trust.loosenings.isEmpty
        else {
            throw StoreError(.missing, "the change loosens nothing: there is nothing to approve")
        }
        for item in trust.loosenings { console.error("- " + TrustWords.line(item)) }
        if let given, trust.digest != given, trust.digest != "sha256:" + given {
            throw StoreError(
                .damaged, "that is not what the change loosens now, which is \(trust.digest); read it again")
        }
        if let objection = ApprovalRules.objection(to: who, trust) {
            throw StoreError(.damaged, "\(who) cannot approve this: \(objection)")
        }
        return (trust.digest, trust.loosenings.map(TrustWords.line))
    }

    private static func until(_ arguments: Arguments, _ today: Day) throws -> Day? {
        guard let text = arguments.value("until") else { return Day(number: today.number + usualDays) }
        guard let day = Day(text), day.description == text else { return nil }
        if day < today {
            throw Arguments.Problem(message: "--until \(text) is over already", hint: nil)
        }
        return day
    }
}
