/// What a person says when a run becomes the baseline, and what that run was.
public struct Blessing: Sendable, Hashable {
    /// What policies call it: see ``isName(_:)``.
    public let name: String
    /// Why this run is what later ones must not be worse than, in the person's words.
    public let why: String
    /// Who says so.
    public let who: String
    /// RFC 3339, UTC.
    public let blessedAt: String
    public let run: String
    /// The arm of that run whose observations later candidates are compared with.
    public let arm: Arm
    public let project: String
    public let sluiceVersion: String
    public let dataset: Manifest.DatasetFacts
    public let policyDigest: String
    /// How that arm was asked, and the versions it was seen to run with.
    public let target: Manifest.TargetFacts
    /// What the run concluded; nil where it ended without a verdict.
    public let verdict: Verdict?
    public let gates: [Gate]
    /// The margins that `auto` stands for from now on, by metric as rules write it, sorted.
    public let margins: [Margin]

    /// One gate of the run, for people who review the blessing.
    public struct Gate: Sendable, Hashable {
        public let rule: String
        public let outcome: String
        public let baseline: Double?
        public let candidate: Double?

        public init(rule: String, outcome: String, baseline: Double?, candidate: Double?) {
            self.rule = rule
            self.outcome = outcome
            self.baseline = baseline
            self.candidate = candidate
        }
    }

    public struct Margin: Sendable, Hashable {
        public let metric: String
        /// In the metric's unit.
        public let margin: Double

        public init(metric: String, margin: Double) {
            self.metric = metric
            self.margin = margin
        }
    }

    public init(
        name: String, why: String, who: String, blessedAt: String, run: String, arm: Arm, project: String,
        sluiceVersion: String, dataset: Manifest.DatasetFacts, policyDigest: String,
        target: Manifest.TargetFacts,
        verdict: Verdict?, gates: [Gate], margins: [Margin]
    ) {
        self.name = name
        self.why = why
        self.who = who
        self.blessedAt = blessedAt
        self.run = run
        self.arm = arm
        self.project = project
        self.sluiceVersion = sluiceVersion
        self.dataset = dataset
        self.policyDigest = policyDigest
        self.target = target
        self.verdict = verdict
        self.gates = gates
        self.margins = margins.sorted { $0.metric.utf8.lexicographicallyPrecedes($1.metric.utf8) }
    }

    /// The blessing of an arm of the run that a manifest describes; nil where that run has no such arm.
    public init?(
        name: String, why: String, who: String, blessedAt: String, manifest: Manifest, arm: Arm = .candidate,
        verdict: Verdict?, gates: [Gate], margins: [String: Double] = [:]
    ) {
        guard let target = arm == .candidate ? manifest.candidate : manifest.baseline else { return nil }
        self.init(
            name: name, why: why, who: who, blessedAt: blessedAt, run: manifest.runID, arm: arm,
            project: manifest.project, sluiceVersion: manifest.sluiceVersion, dataset: manifest.dataset,
            policyDigest: manifest.policyDigest, target: target, verdict: verdict, gates: gates,
            margins: margins.map { Margin(metric: $0.key, margin: $0.value) })
    }

    /// Whether a baseline may have this name: it is part of a file's name. ASCII letters, digits, `-`, `_` and `.`,
    /// at most 100, a letter or digit first.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 100, isAlphanumeric(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ".")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// A run that a person blessed, with its observations packed beside it so that any machine can pair with it.
public struct BlessedBaseline: Sendable, Hashable {
    public let blessing: Blessing
    public let observations: PackedObservations

    /// The packed file of the baseline's observations.
    public struct PackedObservations: Sendable, Hashable {
        /// Its name, in the folder of the baseline.
        public let file: String
        /// `sha256:` and 64 digits, of the packed bytes.
        public let digest: String
        /// Observations in it.
        public let count: Int
        /// Bytes of it when unpacked.
        public let unpackedBytes: Int

        public init(file: String, digest: String, count: Int, unpackedBytes: Int) {
            self.file = file
            self.digest = digest
            self.count = count
            self.unpackedBytes = unpackedBytes
        }
    }

    public init(blessing: Blessing, observations: PackedObservations) {
        self.blessing = blessing
        self.observations = observations
    }

    public var name: String { blessing.name }

    /// What `auto` means against this baseline: metric as rules write it → margin in its unit.
    public var automaticMargins: [String: Double] {
        var margins: [String: Double] = [:]
        for entry in blessing.margins { margins[entry.metric] = entry.margin }
        return margins
    }

    /// A warning where a run is over another data set than the blessed one; nil where it is the same.
    public func datasetWarning(digest: String, count: Int) -> String? {
        let blessed = blessing.dataset
        guard blessed.digest != digest else { return nil }
        return
            "baseline '\(name)' was blessed over another data set (\(BlessedBaseline.short(blessed.digest)), "
            + "\(BlessedBaseline.examples(blessed.count))) than this run's (\(BlessedBaseline.short(digest)), "
            + "\(BlessedBaseline.examples(count))): "
            + "only examples of the same id are paired, and one whose text changed is paired with its old self; "
            + "bless a run over the present set"
    }

    private static func examples(_ count: Int) -> String { "\(count) \(count == 1 ? "example" : "examples")" }

    private static func short(_ digest: String) -> String {
        let digits = digest.hasPrefix("sha256:") ? digest.dropFirst(7) : digest[...]
        return digits.prefix(12) + "…"
    }
}

/// One line of a baseline's history: a blessing in short.
public struct BlessingRecord: Sendable, Hashable {
    /// RFC 3339, UTC.
    public let blessedAt: String
    public let who: String
    public let why: String
    public let run: String
    public let verdict: Verdict?
    public let datasetDigest: String
    public let observationsDigest: String

    public init(
        blessedAt: String, who: String, why: String, run: String, verdict: Verdict?, datasetDigest: String,
        observationsDigest: String
    ) {
        self.blessedAt = blessedAt
        self.who = who
        self.why = why
        self.run = run
        self.verdict = verdict
        self.datasetDigest = datasetDigest
        self.observationsDigest = observationsDigest
    }

    public init(_ baseline: BlessedBaseline) {
        self.init(
            blessedAt: baseline.blessing.blessedAt, who: baseline.blessing.who, why: baseline.blessing.why,
            run: baseline.blessing.run, verdict: baseline.blessing.verdict,
            datasetDigest: baseline.blessing.dataset.digest, observationsDigest: baseline.observations.digest)
    }
}
