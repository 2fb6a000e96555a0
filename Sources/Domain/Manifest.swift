import Notation

/// Every version, digest, seed and fact that is needed to do a run again.
public struct Manifest: Sendable {
    public var runID: String
    public var sluiceVersion: String
    public var project: String
    public var changes: [ChangeKind]
    /// Free words for what changed: `prompt v14 → v15`.
    public var title: String
    public var policyPath: String
    public var policyDigest: String
    public var policyText: String
    public var dataset: DatasetFacts
    public var baseline: TargetFacts?
    public var candidate: TargetFacts?
    public var repeats: Int
    public var seed: UInt64
    /// RFC 3339, UTC.
    public var startedAt: String
    public var durationSeconds: Double
    /// Money spent by both arms, where known.
    public var cost: Double?
    public var currency: String?
    /// Which look at this pair of digests this is, from 1.
    public var attempt: Int
    /// Age in seconds up to which answers of earlier runs were used; nil: none were.
    public var cacheAgeSeconds: Double?
    public var environment: Environment

    public init(runID: String, sluiceVersion: String, project: String, policyPath: String) {
        self.runID = runID
        self.sluiceVersion = sluiceVersion
        self.project = project
        self.policyPath = policyPath
        changes = []
        title = ""
        policyDigest = ""
        policyText = ""
        dataset = DatasetFacts(digest: "", count: 0, files: [], version: nil)
        repeats = 1
        seed = 1
        startedAt = ""
        durationSeconds = 0
        attempt = 1
        environment = Environment(processor: "", kernels: "", system: "", git: nil)
    }

    public struct DatasetFacts: Sendable, Hashable {
        /// Independent of row order and formatting.
        public let digest: String
        public let count: Int
        public let files: [String]
        public let version: String?
        /// The tag under which the set is frozen, where it is.
        public let frozen: String?

        public init(
            digest: String, count: Int, files: [String], version: String?, frozen: String? = nil
        ) {
            self.digest = digest
            self.count = count
            self.files = files
            self.version = version
            self.frozen = frozen
        }
    }

    /// One arm: how it was asked, and the versions it was seen to run with.
    public struct TargetFacts: Sendable, Hashable {
        public let identity: TargetIdentity
        /// Name → the values observed, sorted; more than one value is worth a look.
        public var versions: [ObservedVersion]
        /// For a blessed baseline: its name and why.
        public var blessed: String?

        public init(identity: TargetIdentity, versions: [ObservedVersion] = [], blessed: String? = nil) {
            self.identity = identity
            self.versions = versions
            self.blessed = blessed
        }
    }

    public struct ObservedVersion: Sendable, Hashable {
        public let name: String
        public let values: [String]

        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    public struct Environment: Sendable, Hashable {
        public let processor: String
        /// Which floating-point code paths ran: results are byte-equal on the same ones.
        public let kernels: String
        public let system: String
        /// Commit of the user's repository, with `+` where it had changes.
        public let git: String?
        /// The branch that it lies on, as Git or the CI says.
        public let branch: String?

        public init(processor: String, kernels: String, system: String, git: String?, branch: String? = nil) {
            self.processor = processor
            self.kernels = kernels
            self.system = system
            self.git = git
            self.branch = branch
        }
    }
}
