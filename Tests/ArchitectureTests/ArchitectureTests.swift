import Testing

/// The project as it stands, held to ARCHITECTURE.md and to how its code is written.
@Suite struct ArchitectureTests {
    private let rules: LayoutRules
    private let rooms: [(name: String, path: String)]

    init() throws {
        rooms = try Clone.rooms()
        rules = LayoutRules(
            floors: FloorTable(file: "ARCHITECTURE.md", text: try Clone.text("ARCHITECTURE.md")),
            package: PackageTable(file: "Package.swift", text: try Clone.text("Package.swift")),
            folders: rooms.map(\.name))
    }

    @Test func theTableOfFloorsThePackageAndTheFoldersAgree() {
        for finding in rules.findings() { Issue.record("\(finding)") }
        #expect(rules.floors.rooms.count > 20)
        #expect(rules.package.entries.count > rules.floors.rooms.count)
    }

    @Test func everyRoomImportsLowerFloorsOnly() throws {
        var files = 0
        for room in rooms {
            let sources = try Clone.sources(room.path)
            files += sources.count
            for finding in rules.findings(room: room.name, files: sources) { Issue.record("\(finding)") }
        }
        #expect(files > 200)
    }

    @Test func theCodeKeepsItsHabits() throws {
        var lines = 0
        for room in rooms {
            let kind = try #require(
                rules.floors[room.name]?.kind, "no row for '\(room.name)' in ARCHITECTURE.md")
            for file in try Clone.sources(room.path) {
                lines += file.code.count
                for finding in CodeRules.findings(file, room: room.name, kind: kind) {
                    Issue.record("\(finding)")
                }
            }
        }
        #expect(lines > 10_000)
    }
}
