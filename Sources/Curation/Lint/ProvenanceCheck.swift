import Domain
import Text

/// Who says so: provenance that is missing, approvals by the annotator, versions that are mixed.
struct ProvenanceCheck: LintCheck {
    private let wanted: [ProvenanceMember]
    private var missing: [ProvenanceMember: Sample] = [:]
    private var versions: [String: Sample] = [:]
    private var unversioned = Sample()
    private var guidelines: [String: Sample] = [:]
    private var rows = 0
    private static let kept = 100

    init(wanted: [ProvenanceMember]) { self.wanted = wanted }

    mutating func note(_ example: Example, _ row: Int, _ log: inout FindingLog) {
        rows += 1
        for member in wanted where example.provenance(member) == nil {
            // A model that wrote a label is its annotator.
            if member == .annotator, example.provenance(.annotatorModel) != nil { continue }
            missing[member, default: Sample()].add(example)
        }
        if let version = example.datasetVersion {
            if versions[version] != nil || versions.count < Self.kept {
                versions[version, default: Sample()].add(example)
            }
        } else {
            unversioned.add(example)
        }
        if let guideline = example.provenance(.guideline) {
            if guidelines[guideline] != nil || guidelines.count < Self.kept {
                guidelines[guideline, default: Sample()].add(example)
            }
        }
        if let approver = example.provenance(.approver), let annotator = example.provenance(.annotator),
            Self.isSame(approver, annotator)
        {
            log.add(
                .warning, .selfApproved, example, "\(quoted(approver)) both annotated and approved it",
                mend: "let somebody else look, and name them as approver")
        }
    }

    func finish(_ set: LintedSet, _ log: inout FindingLog) {
        let absent = ProvenanceMember.allCases.filter { missing[$0] != nil }
        // What no example names is told in one finding.
        let everywhere = absent.filter { missing[$0]?.count == rows }
        tellMissing(everywhere, &log)
        for member in absent where !everywhere.contains(member) { tellMissing([member], &log) }
        tellMixed("dataset_version", versions, unversioned, .mixedVersions, .warning, &log)
        tellMixed("guideline version", guidelines, Sample(), .mixedGuidelines, .note, &log)
    }

    private func tellMissing(_ members: [ProvenanceMember], _ log: inout FindingLog) {
        guard let first = members.first, let sample = missing[first] else { return }
        let verb = sample.count == 1 ? "does" : "do"
        let names = members.map(Self.words).joined(separator: ", ")
        let keys = members.map { "provenance." + $0.rawValue }.joined(separator: ", ")
        log.add(
            .warning, .unlabelled, sample,
            "\(Numbers.grouped(sample.count)) of \(counted(rows, "example")) \(verb) not name the \(names)",
            mend: "add \(keys); the policy's upkeep.provenance says what is wanted")
    }

    private func tellMixed(
        _ name: String, _ found: [String: Sample], _ without: Sample, _ code: LintCode,
        _ severity: Finding.Severity, _ log: inout FindingLog
    ) {
        guard found.count > 1 || (found.count == 1 && without.count > 0) else { return }
        let names = found.keys.sorted()
        var words = names.prefix(6).map { "\(quoted($0)) on \(found[$0]?.count ?? 0)" }
        if names.count > 6 { words.append("\(names.count - 6) more") }
        if without.count > 0 { words.append("none on \(without.count)") }
        // The rarest is most likely the stray one.
        let rare = names.min { (found[$0]?.count ?? 0, $0) < (found[$1]?.count ?? 0, $1) }
        let sample = without.count > 0 ? without : rare.flatMap { found[$0] } ?? without
        let mend =
            code == .mixedVersions
            ? "name one version: reports speak of the set by it"
            : "label again by the newer guideline, or say why both hold"
        log.add(severity, code, sample, "\(name): " + words.joined(separator: ", "), mend: mend)
    }

    private static func words(_ member: ProvenanceMember) -> String {
        switch member {
        case .date: "annotation date"
        case .guideline: "guideline version"
        case .annotatorModel: "annotating model"
        case .reviewed: "day of review"
        case .source, .owner, .annotator, .approver, .licence: member.rawValue
        }
    }

    /// Letter case, blanks and punctuation aside.
    static func isSame(_ left: String, _ right: String) -> Bool {
        func normal(_ text: String) -> String {
            text.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        let name = normal(left)
        return name == normal(right) && !name.isEmpty
    }
}
