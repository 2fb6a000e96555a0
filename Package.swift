// swift-tools-version: 6.2
import PackageDescription

// The layer table of ARCHITECTURE.md, as the compiler sees it: a room imports rooms on lower floors only.
// `ArchitectureTests` reads the imports and holds them to that table.

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room: one folder under `Sources`. A room of loops over numbers is optimised in debug builds too: its tests
/// simulate, and would take minutes otherwise. Overflow and bounds are checked all the same.
func room(_ name: String, _ dependencies: [Target.Dependency], isNumeric: Bool = false) -> Target {
    let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
    return .target(
        name: name, dependencies: dependencies, swiftSettings: swift + (isNumeric ? optimised : []),
        linkerSettings: [.linkedLibrary("m")])
}

/// A command: one executable under `Sources` or `examples`.
func command(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: swift,
        linkerSettings: [.linkedLibrary("m")])
}

/// The tests of one room: one folder under `Tests`, with the extracts of its oracles in `Fixtures`, read where they lie.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: fixtures ? ["Fixtures"] : [], swiftSettings: swift)
}

let doors: [Target] = [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CBoostMath", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CLLHTTP", cSettings: [.define("LLHTTP_STRICT_MODE", to: "1")]),
    .target(name: "CCurl"),
    .target(name: "CEpoll"),
    .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "CTerminal"),
    .target(name: "COpenBLAS"),
    // Optimised in debug builds too, as numeric rooms are; what is not finite stays what it is.
    .target(
        name: "CKernels",
        cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast", "-fno-math-errno"])],
        linkerSettings: [.linkedLibrary("m")]),
    .systemLibrary(name: "CMalloc"),
]

let rooms: [Target] = [
    // 0
    room("Statistics", ["CBoostMath"], isNumeric: true),
    room("Text", ["CPCRE2"]),
    room("Notation", ["CSimdJSON", "CYAML"]),
    room("Digest", ["CCrypto", "CXXHash"]),
    // 1
    room("Domain", ["Statistics", "Notation", "Digest"]),
    room("Calculator", ["Statistics", "Notation", "Text"]),
    room("Simulation", ["Statistics"], isNumeric: true),
    room("BERT", ["Notation"], isNumeric: true),
    // 2
    room("Metrics", ["BERT", "Domain", "Text", "Notation", "Digest", "CSQLite"]),
    room("Interchange", ["Domain", "Statistics", "Text", "Notation", "Digest"]),
    // 3
    room("Policy", ["Interchange", "Metrics", "Domain", "Text", "Notation", "Digest"]),
    room("Gating", ["Metrics", "Domain", "Statistics", "Text"]),
    room("HTTPServer", ["CLLHTTP", "CEpoll", "CTLS"]),
    room("HTTPClient", ["CCurl", "CEpoll"]),
    // 4
    room("Ledger", ["Domain", "Statistics", "Notation", "Digest"]),
    room(
        "Curation",
        ["Gating", "Metrics", "Interchange", "Domain", "Statistics", "Text", "Notation", "Digest"]),
    room("Doctor", ["Gating", "Metrics", "Domain", "Statistics", "Text"]),
    room("Sweeping", ["Gating", "Metrics", "Interchange", "Domain", "Statistics", "Text", "Notation"]),
    room("Calibration", ["Metrics", "Domain", "Statistics", "Text", "Notation"]),
    room("Deployment", ["Interchange", "Domain", "Text", "Notation", "Digest"]),
    room(
        "Rollout", ["Policy", "Domain", "Statistics", "Text", "Notation", "Digest"], isNumeric: true),
    room("Shadowing", ["Domain", "Statistics", "Text", "Notation"], isNumeric: true),
    room("Endpoints", ["HTTPClient", "Interchange", "Domain", "Text", "Notation"]),
    room("Adoption", ["Policy", "Interchange", "Metrics", "Domain", "Text", "Notation"]),
    // 5
    room("Scoring", ["Metrics", "Domain", "Notation", "Digest"]),
    room(
        "Targets",
        [
            "Adoption", "Endpoints", "HTTPClient", "Interchange", "Metrics", "Domain", "Text", "Notation",
            "Digest",
        ]),
    room("Judging", ["Endpoints", "HTTPClient", "Interchange", "Metrics", "Domain", "Text", "Notation"]),
    room(
        "Embedding",
        [
            "Endpoints", "HTTPClient", "Interchange", "Domain", "BERT", "Notation", "Digest", "COpenBLAS",
            "CKernels",
        ],
        isNumeric: true),
    room("Revisions", ["Domain"]),
    room(
        "Traffic",
        [
            "Rollout", "HTTPServer", "Interchange", "Domain", "Statistics", "Text", "Notation", "Digest",
            "CZlib",
            "CZstd",
        ]),
    room("Storage", ["Ledger", "Interchange", "Domain", "Notation", "Digest", "CSQLite", "CZstd", "CZlib"]),
    // 6
    room(
        "Replay",
        [
            "Scoring", "Ledger", "Gating", "Metrics", "Interchange", "Domain", "Statistics", "Text",
            "Notation", "Digest",
        ]),
    room("Probing", ["Deployment", "Interchange", "Domain", "Notation", "Digest"]),
    room(
        "Reporting",
        [
            "Curation", "Doctor", "Sweeping", "Shadowing", "Ledger", "Interchange", "Domain", "Simulation",
            "Statistics",
            "Text", "Notation", "Deployment",
        ]),
    // 7
    room("Gateway", ["Rollout", "HTTPServer", "Policy", "Domain", "Notation", "Digest"]),
]

let commands: [Target] = [
    // 8
    command(
        "sluice",
        [
            "Gateway", "Rollout", "Traffic", "HTTPServer", "HTTPClient",
            "Replay", "Reporting", "Targets", "Storage", "Ledger", "Curation", "Doctor", "Sweeping",
            "Shadowing", "Policy", "Gating", "Probing", "Deployment", "Adoption", "Revisions", "Scoring",
            "Embedding",
            "Judging", "Calibration",
            "BERT", "Interchange", "Metrics", "Domain", "Calculator", "Simulation", "Statistics", "Text",
            "Notation", "Digest", "CTerminal", "CMalloc",
        ]),
    command("instant-app", ["HTTPServer"], path: "benchmarks/instant-app"),
    command("relay-bench", ["HTTPServer"], path: "benchmarks/relay-bench"),
    command(
        "operating-characteristics", ["Simulation", "Statistics", "Text"],
        path: "benchmarks/operating-characteristics"),
    command("fuse-trips", ["Rollout", "Statistics"], path: "benchmarks/fuse-trips"),
    command("statistics-bench", ["Statistics"], path: "benchmarks/statistics-bench"),
    command("metrics-bench", ["Metrics", "Domain", "Text", "Notation"], path: "benchmarks/metrics-bench"),
    command(
        "embedding-bench", ["Embedding", "Scoring", "Metrics", "Domain", "BERT", "Notation"],
        path: "benchmarks/embedding-bench"),
    command("helpdesk", ["HTTPServer", "Notation"], path: "examples/helpdesk/Sources"),
]

/// Processes that tests start, and kill.
let fixtures: [Target] = [
    command("storage-writer", ["Storage", "Ledger", "Domain"], path: "Tests/StorageWriter"),
    command("traffic-writer", ["Traffic", "HTTPServer", "Domain"], path: "Tests/TrafficWriter"),
]

/// libFuzzer over the readers of outside bytes: built apart, by `scripts/fuzz`, since it brings a main of its own.
let fuzzing: [Target] =
    Context.environment["SLUICE_FUZZ"] == nil
    ? []
    : [
        .target(name: "CFuzzer", path: "fuzz/Driver"),
        command(
            "fuzz",
            [
                "CFuzzer", "HTTPServer", "Policy", "Interchange", "BERT", "Text", "Notation", "Domain",
                "Rollout", "Traffic",
            ],
            path: "fuzz/Targets"),
    ]

let checks: [Target] = [
    tests("StatisticsTests", ["Statistics"], fixtures: true),
    tests("TextTests", ["Text", "Notation"], fixtures: true),
    tests("NotationTests", ["Notation"], fixtures: true),
    tests("DigestTests", ["Digest"]),
    tests("CalculatorTests", ["Calculator", "Notation"]),
    tests("SimulationTests", ["Simulation", "Statistics"]),
    tests("BERTTests", ["BERT"], fixtures: true),
    tests("DomainTests", ["Domain", "Notation"]),
    tests("MetricsTests", ["Metrics", "Domain", "Text", "Notation"], fixtures: true),
    tests("InterchangeTests", ["Interchange", "Domain", "Notation", "Digest"], fixtures: true),
    tests("PolicyTests", ["Policy", "Domain", "Metrics", "Text", "Notation"], fixtures: true),
    tests("GatingTests", ["Gating", "Domain", "Metrics", "Statistics"], fixtures: true),
    tests(
        "CurationTests", ["Curation", "Interchange", "Domain", "Metrics", "Statistics", "Notation", "Text"],
        fixtures: true),
    tests("AdoptionTests", ["Adoption", "Policy", "Interchange", "Domain", "Notation"], fixtures: true),
    tests("DoctorTests", ["Doctor", "Gating", "Domain", "Metrics", "Statistics"]),
    tests(
        "SweepingTests", ["Sweeping", "Gating", "Interchange", "Domain", "Metrics", "Statistics", "Notation"]),
    tests("ShadowingTests", ["Shadowing", "Domain", "Statistics", "Notation", "Text"]),
    tests("DeploymentTests", ["Deployment", "Policy", "Domain", "Notation", "Text"]),
    tests("HTTPServerTests", ["HTTPServer"]),
    tests("GatewayTests", ["Gateway", "Rollout", "HTTPServer", "Domain", "Notation", "Digest"]),
    tests("RolloutTests", ["Rollout", "Policy", "Domain", "Statistics", "Notation"]),
    tests("HTTPClientTests", ["HTTPClient", "HTTPServer"]),
    tests(
        "TargetsTests",
        ["Targets", "Interchange", "Metrics", "HTTPServer", "HTTPClient", "Domain", "Notation"],
        fixtures: true),
    tests(
        "EmbeddingTests",
        [
            "Embedding", "Scoring", "Metrics", "BERT", "Domain", "HTTPServer", "HTTPClient", "Notation",
        ],
        fixtures: true),
    tests(
        "StorageTests",
        ["Storage", "Ledger", "Interchange", "Domain", "Notation", "Digest", "storage-writer"]),
    tests(
        "TrafficTests",
        [
            "Traffic", "Rollout", "HTTPServer", "Interchange", "Domain", "Statistics", "Text", "Notation",
            "Digest", "traffic-writer",
        ], fixtures: true),
    tests(
        "JudgingTests",
        [
            "Judging", "Endpoints", "Targets", "Scoring", "Metrics", "Domain", "HTTPServer", "HTTPClient",
            "Notation",
        ],
        fixtures: true),
    tests(
        "CalibrationTests", ["Calibration", "Metrics", "Domain", "Statistics", "Notation"], fixtures: true),
    tests("RevisionsTests", ["Revisions", "Domain"]),
    tests("LedgerTests", ["Ledger", "Domain", "Statistics", "Notation", "Digest"]),
    tests("ScoringTests", ["Scoring", "Metrics", "Domain", "Notation"]),
    tests("ProbingTests", ["Probing", "Deployment", "Domain", "Notation"]),
    tests("ReplayTests", ["Replay", "Ledger", "Metrics", "Domain", "Statistics"]),
    tests(
        "ReportingTests",
        ["Reporting", "Shadowing", "Ledger", "Domain", "Simulation", "Statistics", "Notation"],
        fixtures: true),
    tests("ArchitectureTests", []),
    tests(
        "CommandTests",
        [
            "Storage", "Ledger", "Interchange", "Domain", "HTTPClient", "HTTPServer", "Notation", "Digest",
            "sluice",
            "helpdesk",
            "instant-app",
        ],
        fixtures: true),
    tests("HelpdeskTests", ["helpdesk", "HTTPServer", "HTTPClient", "Notation"]),
]

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .executable(name: "helpdesk", targets: ["helpdesk"]),
    ],
    targets: doors + rooms + commands + fixtures + fuzzing + checks,
    cxxLanguageStandard: .cxx17
)
