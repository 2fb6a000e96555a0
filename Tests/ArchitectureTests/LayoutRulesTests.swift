import Testing

/// The layout's rules on a small table, a small package and small files, each with one thing wrong.
@Suite struct LayoutRulesTests {
    static let table = """
        | floor | room | kind | imports besides | what lives there |
        |---|---|---|---|---|
        | 4 | `app` | command | `Glibc` | wiring |
        | 3 | `Cases` | use-case | | runs |
        | 2 | `Disk` | adapter | `CSQL` `Glibc` | files |
        | 1 | `Words` `Forms` | pure | | values |
        | – | `CSQL` | door | | SQL |
        """
    static let package = """
        // room("Ghost", ["app"])
        let doors = [.systemLibrary(name: "CSQL", pkgConfig: "sql")]
        let rooms = [
            room("Words", []), room("Forms", []),
            room("Disk", ["Words", "CSQL"]), room("Cases", ["Words", "Forms"]),
            command("app", [
                "Cases", "Disk", "Words",
            ]),
            tests("CasesTests", ["Cases", "Disk"]),
        ]
        """
    static let folders = ["CSQL", "Cases", "Disk", "Forms", "Words", "app"]

    static func rules(
        table: String = table, package: String = package, folders: [String] = folders
    ) -> LayoutRules {
        LayoutRules(
            floors: FloorTable(file: "ARCHITECTURE.md", text: table),
            package: PackageTable(file: "Package.swift", text: package), folders: folders)
    }

    @Test func aTrueTableHasNoFindings() {
        #expect(Self.rules().findings() == [])
        #expect(Self.rules().floors.rooms.map(\.name) == ["app", "Cases", "Disk", "Words", "Forms", "CSQL"])
        #expect(Self.rules().package["app"]?.dependencies == ["Cases", "Disk", "Words"])
        #expect(Self.rules().package["Ghost"] == nil)
    }

    struct Change: CustomTestStringConvertible {
        var inTable: (String, String)?
        var inPackage: (String, String)?
        var folders = LayoutRulesTests.folders
        let says: String
        var testDescription: String { says }
    }

    static let changes = [
        Change(
            inTable: ("| 1 | `Words`", "| 1 | `Words` `Disk`"),
            says: "ARCHITECTURE.md:6: room 'Disk' stands twice"),
        Change(
            inTable: ("| 3 | `Cases`", "| 3 | `Cases` `Plans`"),
            says: "ARCHITECTURE.md:4: room 'Plans' has no sources"),
        Change(inTable: ("`Words` `Forms`", "`Words`"), says: "room 'Forms' has sources and no row"),
        Change(inTable: ("use-case", "usecase"), says: "ARCHITECTURE.md:4: 'usecase' is no kind"),
        Change(inTable: ("| 3 |", "| – |"), says: "ARCHITECTURE.md:4: '–' is no floor"),
        Change(
            inTable: ("| runs |", "|"), says: "ARCHITECTURE.md:4: a row of the table of floors has 4 cells"),
        Change(inTable: ("| floor |", "| level |"), says: "no table headed"),
        Change(inTable: ("`CSQL` `Glibc`", "`CSQL` `Words`"), says: "'Words' is a room"),
        Change(inPackage: ("room(\"Forms\", []),", ""), says: "Package.swift has no target 'Forms'"),
        Change(
            inPackage: ("room(\"Words\", [])", "room(\"Words\", [\"Cases\"])"),
            says: "Package.swift:4: 'Words' (floor 1) imports 'Cases' (floor 3)"),
        Change(
            inPackage: ("room(\"Forms\", [])", "room(\"Forms\", [\"Words\"])"),
            says: "Package.swift:4: 'Forms' (floor 1) imports 'Words' (floor 1)"),
        Change(
            inPackage: ("[\"Words\", \"Forms\"]", "[\"Words\", \"Disk\"]"),
            says: "Package.swift:5: 'Cases' imports adapter 'Disk'"),
        Change(
            inPackage: ("[\"Words\", \"Forms\"]", "[\"Words\", \"CSQL\"]"),
            says: "Package.swift:5: 'Cases' imports 'CSQL', which the table of floors does not grant it"),
    ]

    @Test(arguments: changes)
    func oneThingWrongIsFoundAtItsPlace(_ change: Change) {
        var table = Self.table
        var package = Self.package
        if let (old, new) = change.inTable { table = table.replacing(old, with: new, maxReplacements: 1) }
        if let (old, new) = change.inPackage {
            package = package.replacing(old, with: new, maxReplacements: 1)
        }
        #expect(table != Self.table || package != Self.package)
        let found = Self.rules(table: table, package: package, folders: change.folders).findings()
        #expect(found.contains { "\($0)".contains(change.says) }, "found: \(found)")
    }

    struct Import: CustomTestStringConvertible {
        let room: String
        let code: String
        /// Nil: it may.
        let says: String?
        var testDescription: String { "\(room): \(code)" }
    }

    static let imports = [
        Import(room: "Cases", code: "import Words", says: nil),
        Import(room: "Cases", code: "import Disk", says: "only commands wire adapters"),
        Import(room: "Cases", code: "@testable import struct app.Main", says: "only lower floors"),
        Import(room: "Cases", code: "import Foundation", says: "no room does"),
        Import(room: "Cases", code: "internal import FoundationEssentials", says: "no room does"),
        Import(room: "Cases", code: "import Glibc", says: "does not grant it"),
        Import(room: "Cases", code: "  @preconcurrency public import CSQL", says: "does not grant it"),
        Import(room: "Words", code: "import Forms", says: "only lower floors"),
        Import(room: "Words", code: "// import Forms", says: nil),
        Import(room: "Words", code: "let a = \"import Forms\"", says: nil),
        Import(room: "Words", code: "let imported = Forms", says: nil),
        Import(room: "app", code: "import Disk\nimport Glibc", says: nil),
        Import(
            room: "app", code: "import Glibc\nimport Forms",
            says: "A.swift:4: 'app' imports 'Forms', which Package.swift"),
        Import(room: "Disk", code: "import CSQL\nimport Glibc\nimport Words", says: nil),
        Import(
            room: "Disk", code: "import CSQL", says: "ARCHITECTURE.md:5: the table grants 'Glibc' to 'Disk'"),
    ]

    @Test(arguments: imports)
    func importsAreHeldToTheTable(_ sample: Import) {
        let file = SourceText(file: "A.swift", text: "\n\n\(sample.code)\n")
        let found = Self.rules().findings(room: sample.room, files: [file])
        if let says = sample.says {
            #expect(found.count == 1 && "\(found)".contains(says), "found: \(found)")
        } else {
            #expect(found == [])
        }
    }
}
