import Digest
import Domain
import Glibc
import Interchange
import Notation
import Policy
import Revisions
import Storage
import Text

/// A change's policy, files and data set held against the trusted ones, and the approvals that there are.
struct TrustComparison {
    let trustedBytes: [UInt8]
    let proposedBytes: [UInt8]
    let trusted: ReleasePolicy
    let proposed: ReleasePolicy
    private(set) var report: TrustReport
    private(set) var dataset: Manifest.DatasetFacts?
    private let tree: TrustedTree
    private let arguments: Arguments
    private let folder: String
    private let console: Console

    init(
        _ tree: TrustedTree, _ arguments: Arguments, path: String, repeats: Int?, console: Console
    ) throws {
        self.tree = tree
        self.arguments = arguments
        self.console = console
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        guard let bytes = try tree.read(tree.policy) else {
            throw StoreError(
                .missing,
                "there is no \(path) at \(tree.name), so that nothing was reviewed that could judge this change; "
                    + "a first policy is merged by people: review it, merge it, and name the revision that has it"
            )
        }
        trustedBytes = bytes
        let store = arguments.value("store") ?? ".sluice"
        try tree.check(Paths.absolute(store))
        if try tree.isCommitted(Paths.absolute(store)) {
            throw StoreError(
                .denied,
                "the store \(store) is part of the commit under test, which could so bring answers of its own; "
                    + "take it out of the repository, or name another with --store FOLDER")
        }
        let place = tree.prefix + path
        let (trusted, faults) = PolicyReader.read(bytes, path: place, repeats: repeats)
        guard let trusted else {
            console.error(DiagnosticText(isColoured: false).render(faults))
            console.error("the trusted policy at \(tree.name) cannot be used: mend it there first")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        self.trusted = trusted
        do throws(StoreError) { proposedBytes = try InputFile.read(path) } catch {
            throw StoreError(
                .missing,
                "\(error.description)\nthe policy stands at \(tree.name), and the change has taken it away: restore it"
            )
        }
        if proposedBytes == bytes {
            proposed = trusted
        } else {
            let (proposed, problems) = PolicyReader.read(proposedBytes, path: path, repeats: repeats)
            guard let proposed else {
                console.error(DiagnosticText(isColoured: false).render(problems))
                throw PolicyFile.Shown(status: ExitStatus.badInput)
            }
            self.proposed = proposed
        }
        report = TrustReport(source: tree.name)
        report.authors = arguments.all("author")
        report.approvers = trusted.trust.approvers ?? []
        let changes = PolicyComparison(trusted: trusted, proposed: proposed)
        report.loosenings = changes.loosenings
        report.stricter = changes.stricter
        let files = try LeanedFiles(tree, trusted, proposed)
        report.loosenings += files.loosenings
        report.notes += files.notes
        try compareData()
        try compareApprovals()
        report.digest = TrustCodec.digest(of: report.loosenings)
        try note()
        try approve()
    }

    // MARK: data set

    /// Examples that must not go or change without being seen, by id.
    private mutating func compareData() throws {
        guard !arguments.has("dataset") else {
            report.notes.append("the data set of --dataset was not held against the one at \(tree.name)")
            return
        }
        let paths = proposed.datasets.map { PolicyFile.resolve($0, folder) }
        guard !paths.isEmpty else { return }
        for path in proposed.datasets { try tree.check(path) }
        var after: [String: ContentDigest] = [:]
        let files: DatasetFiles
        do throws(StoreError) {
            files = try DatasetFiles(paths: paths, visit: { after[$0.id] = $0.contentDigest })
        } catch {
            throw StoreError(
                error.kind == .missing ? .missing : .damaged, "the data set: \(error.description)")
        }
        // A file that a folder's listing led to may be a link itself.
        for path in files.paths { try tree.check(Paths.absolute(path)) }
        if files.problems.contains(where: { $0.severity == .error }) {
            _ = try InputProblems.dataset(paths, console)
        }
        dataset = Manifest.DatasetFacts(
            digest: files.digest.description, count: files.count, files: files.paths, version: files.version)
        guard let before = try trustedRows() else { return }
        for id in before.keys.sorted() {
            guard let was = before[id] else { continue }
            guard let now = after[id] else {
                report.loosenings.append(Loosening(.exampleRemoved, id, before: was.description))
                continue
            }
            if was != now {
                report.loosenings.append(
                    Loosening(.exampleChanged, id, before: was.description, after: now.description))
            }
        }
        let added = after.keys.filter { before[$0] == nil }.count
        if added > 0 { report.stricter.append("examples added: \(added)") }
        if added > max(20, before.count / 5) {
            report.loosenings.append(
                Loosening(
                    .dataDiluted,
                    "\(Prose.counted(added, "example")) added to \(before.count): rates are means over all of them",
                    before: Prose.counted(before.count, "example"), after: files.digest.description))
        }
    }

    /// Examples as the trusted tree has them; nil where its data set lies where the change cannot write.
    private mutating func trustedRows() throws -> [String: ContentDigest]? {
        let scratch = (arguments.value("store") ?? ".sluice") + "/scratch/trusted-" + MachineFacts.runID()
        var copies: [String] = []
        defer {
            for copy in copies { unlink(copy) }
            rmdir(scratch)
        }
        for path in trusted.datasets {
            guard tree.isChangeable(path) else {
                report.notes.append("\(path) lies outside the change's tree and is taken as it stands")
                return nil
            }
            var names = [path]
            if let files = try tree.files(in: path) {
                let folder = path.hasSuffix("/") ? path : path + "/"
                names = files.filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }.map { folder + $0 }
            }
            for name in names {
                let copy = "\(scratch)/\(copies.count).jsonl"
                guard try self.copy(name, to: copy) else { continue }
                copies.append(copy)
            }
        }
        guard !copies.isEmpty else {
            report.notes.append("no data set stands at \(tree.name): there was none to hold this one against")
            return nil
        }
        var rows: [String: ContentDigest] = [:]
        let files = try DatasetFiles(paths: copies, visit: { rows[$0.id] = $0.contentDigest })
        if let problem = files.problems.first(where: { $0.severity == .error }) {
            throw StoreError(
                .damaged,
                "the data set at \(tree.name) cannot be read, so that nobody can say what the change took from it: "
                    + problem.description)
        }
        return rows
    }

    private func copy(_ name: String, to path: String) throws -> Bool {
        try InputFile.write(path, [])
        let descriptor = Glibc.open(path, O_RDWR | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(.denied, "cannot write \(path)") }
        defer { close(descriptor) }
        guard try tree.copy(name, to: descriptor) else {
            unlink(path)
            return false
        }
        var start = [UInt8](repeating: 0, count: 40)
        let got = max(0, pread(descriptor, &start, start.count, 0))
        if start[..<got].starts(with: "version https://git-lfs".utf8) {
            unlink(path)
            throw StoreError(
                .damaged,
                "\(name) is kept in Git LFS at \(tree.name), which holds a pointer only; check that revision out "
                    + "elsewhere and name its policy: --policy-from ../trusted/sluice.yaml")
        }
        return true
    }

    // MARK: approvals

    /// An approval that the change brings would count once it is merged.
    private mutating func compareApprovals() throws {
        let path = PolicyFile.resolve(ApprovalCodec.file, folder)
        guard InputFile.exists(path) else { return }
        try tree.check(ApprovalCodec.file)
        let before = try tree.read(ApprovalCodec.file) ?? []
        let after = try InputFile.read(path)
        guard before != after else { return }
        let known = Set(ApprovalCodec.decode(before, place: "").approvals.map(Self.key))
        for approval in ApprovalCodec.decode(after, place: path).approvals
        where !known.contains(Self.key(approval)) {
            report.loosenings.append(
                Loosening(
                    .approvalAdded, "by \(approval.approver)", before: nil,
                    after: approval.digest
                        + " until \(approval.until?.description ?? "ever"): \(approval.why)"))
        }
    }

    private static func key(_ approval: Approval) -> [String] {
        [approval.digest, approval.approver, approval.until?.description ?? "", approval.why]
    }

    private mutating func note() throws {
        if case .recorded? = proposed.app.candidate?.kind {
            report.notes.append(
                "the candidate's answers are a recording that the change brings: they prove nothing of the app"
            )
        }
        switch try tree.revision?.relation() {
        case .checkedOut:
            report.notes.append(
                "\(tree.name) is the commit under test itself: name the base of the change, such as origin/main"
            )
        case .apart where !report.loosenings.isEmpty:
            report.notes.append(
                "\(tree.name) has commits that the change lacks: what they made stricter looks loosened here; "
                    + "merge it into the change first")
        default: break
        }
    }

    private mutating func approve() throws {
        guard !report.loosenings.isEmpty else { return }
        let today = Day(MachineFacts.now().text)
        var candidates: [Approval] = []
        if let bytes = try tree.read(ApprovalCodec.file) {
            let reading = ApprovalCodec.decode(bytes, place: tree.prefix + ApprovalCodec.file)
            candidates = reading.approvals.filter { $0.digest == report.digest }
            report.rejected += reading.problems
        }
        for text in arguments.all("approved-by") {
            guard let approval = try given(text) else { continue }
            candidates.append(approval)
        }
        for approval in candidates {
            if let why = objection(to: approval, today) {
                report.rejected.append("\(approval.source), \(approval.approver): \(why)")
            } else if report.approval == nil {
                report.approval = approval
            }
        }
    }

    /// `ada=sha256:1f2e…`, of which 32 digits are enough: fewer could be met by trying.
    private mutating func given(_ text: String) throws -> Approval? {
        guard let equals = text.lastIndex(of: "=") else {
            throw Arguments.Problem(
                message: "--approved-by takes PERSON=DIGEST, not '\(text)'",
                hint: "the digest says what was approved; 'sluice validate --policy-from REF' prints it")
        }
        let person = String(text[..<equals])
        var digest = text[text.index(after: equals)...]
        if digest.hasPrefix("sha256:") { digest = digest.dropFirst(7) }
        let isHex = digest.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHex, (32...64).contains(digest.utf8.count), !TrustReport.folded(person).isEmpty else {
            throw Arguments.Problem(
                message: "--approved-by takes PERSON=DIGEST with at least 32 digits of it, not '\(text)'",
                hint: nil)
        }
        guard report.digest.hasPrefix("sha256:" + digest) else {
            report.rejected.append(
                "--approved-by, \(person): of other loosenings than these (\(digest.prefix(12))…)")
            return nil
        }
        return Approval(
            digest: report.digest, approver: person, why: "as the code host says",
            at: MachineFacts.now().text,
            until: nil, source: "--approved-by")
    }

    /// Why an approval of these very loosenings does not count; nil where it does.
    private func objection(to approval: Approval, _ today: Day?) -> String? {
        if let until = approval.until, let today, today > until { return "it ended on \(until)" }
        return ApprovalRules.objection(to: approval.approver, report)
    }
}

/// Who may approve.
enum ApprovalRules {
    static func objection(to person: String, _ report: TrustReport) -> String? {
        let name = TrustReport.folded(person)
        let authors = Set(report.authors.map(TrustReport.folded))
        if authors.isEmpty { return "who made the change is not known; say it with --author PERSON" }
        if authors.contains(name) { return "nobody approves a change of their own" }
        if !report.approvers.isEmpty, !report.approvers.contains(where: { TrustReport.folded($0) == name }) {
            return
                "not among trust.approvers at \(report.source): \(report.approvers.joined(separator: ", "))"
        }
        return nil
    }
}
