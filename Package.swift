// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The layer table of ARCHITECTURE.md, as the compiler sees it: a room imports rooms on lower floors only.
// `ArchitectureTests` reads the imports and holds them to that table.

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room: one folder under `Sources`.
func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources, swiftSettings: swift,
        linkerSettings: [.linkedLibrary("m")])
}

/// A command: one executable under `Sources` or `examples`.
func command(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: swift,
        linkerSettings: [.linkedLibrary("m")])
}

/// The tests of one room: one folder under `Tests`, with the extracts of its oracles in `Fixtures`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    let fixtures = FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Tests/\(name)/Fixtures")
    return .testTarget(
        name: name, dependencies: dependencies, exclude: fixtures ? ["Fixtures"] : [], swiftSettings: swift)
}

let doors: [Target] = [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CBoostMath", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CLLHTTP", cSettings: [.define("LLHTTP_STRICT_MODE", to: "1")]),
    .target(name: "CCurl"),
    .target(name: "CEpoll"),
    .target(name: "CTerminal"),
    .systemLibrary(name: "CMalloc"),
]

let rooms: [Target] = [
    // 0
    room("Statistics", ["CBoostMath"]),
    room("Text", ["CPCRE2"]),
    room("Notation", ["CSimdJSON", "CYAML"]),
    room("Digest", ["CCrypto", "CXXHash"]),
    // 1
    room("Domain", ["Statistics", "Text", "Notation", "Digest"]),
    // 2
    room("Metrics", ["Domain", "Statistics", "Text", "Notation", "Digest"]),
    room("Interchange", ["Domain", "Text", "Notation", "Digest"]),
    // 3
    room("Policy", ["Interchange", "Metrics", "Domain", "Statistics", "Text", "Notation", "Digest"]),
    room("Gating", ["Metrics", "Domain", "Statistics", "Text", "Notation", "Digest"]),
    room("HTTPServer", ["CLLHTTP", "CEpoll"]),
    room("HTTPClient", ["CCurl", "CEpoll"]),
    // 4
    room("Ledger", ["Domain", "Notation", "Digest"]),
    // 5
    room("Scoring", ["Metrics", "Domain", "Statistics", "Text", "Notation", "Digest"]),
    room("Targets", ["HTTPClient", "Interchange", "Domain", "Text", "Notation", "Digest"]),
    room("Storage", ["Ledger", "Interchange", "Domain", "Notation", "Digest", "CSQLite", "CZstd"]),
    // 6
    room("Replay", ["Scoring", "Ledger", "Interchange", "Gating", "Metrics", "Domain", "Statistics", "Text", "Notation", "Digest"]),
    room("Reporting", ["Interchange", "Domain", "Statistics", "Text", "Notation"]),
]

let commands: [Target] = [
    // 8
    command("sluice", [
        "Replay", "Reporting", "Scoring", "Targets", "Storage", "Ledger", "Policy", "Gating", "HTTPClient", "Interchange",
        "Metrics", "Domain", "Statistics", "Text", "Notation", "Digest", "CTerminal", "CMalloc",
    ]),
    command("instant-app", ["HTTPServer"], path: "benchmarks/instant-app"),
    command("helpdesk", ["HTTPServer", "Notation", "Text"], path: "examples/helpdesk/Sources"),
]

/// Processes that tests start, and kill.
let fixtures: [Target] = [
    command("storage-writer", ["Storage", "Ledger", "Domain"], path: "Tests/StorageWriter"),
]

let checks: [Target] = [
    tests("StatisticsTests", ["Statistics", "Notation"]),
    tests("TextTests", ["Text", "Notation"]),
    tests("NotationTests", ["Notation"]),
    tests("DigestTests", ["Digest"]),
    tests("DomainTests", ["Domain", "Notation"]),
    tests("MetricsTests", ["Metrics", "Domain", "Notation"]),
    tests("InterchangeTests", ["Interchange", "Domain", "Notation", "Digest"]),
    tests("PolicyTests", ["Policy", "Domain", "Metrics", "Text", "Notation"]),
    tests("GatingTests", ["Gating", "Domain", "Metrics", "Statistics"]),
    tests("HTTPServerTests", ["HTTPServer", "HTTPClient"]),
    tests("HTTPClientTests", ["HTTPClient", "HTTPServer"]),
    tests("TargetsTests", ["Targets", "Interchange", "HTTPServer", "HTTPClient", "Domain", "Notation"]),
    tests("StorageTests", ["Storage", "Ledger", "Interchange", "Domain", "Notation", "Digest", "storage-writer"]),
    tests("ScoringTests", ["Scoring", "Metrics", "Domain", "Notation"]),
    tests("ReplayTests", ["Replay", "Scoring", "Targets", "Storage", "Domain", "Notation"]),
    tests("ReportingTests", ["Reporting", "Domain", "Statistics", "Notation"]),
    tests("ArchitectureTests", []),
    tests(
        "CommandTests",
        ["Storage", "Interchange", "Domain", "HTTPServer", "Notation", "sluice", "helpdesk", "instant-app"]),
    tests("HelpdeskTests", ["helpdesk", "HTTPServer", "HTTPClient", "Notation"]),
]

// While rooms are being built, only those with someone in them are part of the package.
let root = Context.packageDirectory
func lives(_ target: Target) -> Bool {
    let folder = target.path ?? (target.type == .test ? "Tests/" : "Sources/") + target.name
    guard let files = FileManager.default.enumerator(atPath: root + "/" + folder) else { return false }
    return files.contains { ["swift", "c", "cpp", "modulemap"].contains(($0 as! String).split(separator: ".").last.map(String.init) ?? "") }
}
let targets = (doors + rooms + commands + fixtures + checks).filter(lives)
let names = Set(targets.map(\.name))
for target in targets {
    target.dependencies = target.dependencies.filter {
        if case .byNameItem(let name, _) = $0 { return names.contains(name) }
        return true
    }
}

let package = Package(
    name: "sluice",
    products: [],
    targets: targets,
    cxxLanguageStandard: .cxx17
)
