/// What a room may import: lower floors, and the doors and modules that the table grants it.
struct LayoutRules {
    let floors: FloorTable
    let package: PackageTable
    /// Names of folders that hold sources, the rooms' and the doors'.
    let folders: [String]

    /// What is wrong with the table and the package, whatever the files say.
    func findings() -> [Finding] {
        var findings = floors.problems
        for folder in folders where floors[folder] == nil {
            let message = "room '\(folder)' has sources and no row in the table of floors"
            findings.append(Finding(file: floors.file, line: 1, message: message))
        }
        for room in floors.rooms {
            func problem(_ message: String) {
                findings.append(Finding(file: floors.file, line: room.line, message: message))
            }
            if !folders.contains(room.name) {
                problem(
                    "room '\(room.name)' has no sources: what is planned stands under the table, not in it")
            }
            if package[room.name] == nil { problem("\(package.file) has no target '\(room.name)'") }
            for name in room.besides where floors[name].map({ $0.kind != .door }) ?? false {
                problem("'\(name)' is a room: the column is for doors and the toolchain's modules")
            }
        }
        for entry in package.entries where entry.function != "tests" { findings += declared(entry) }
        return findings
    }

    private func declared(_ entry: PackageTable.Entry) -> [Finding] {
        guard let room = floors[entry.name] else { return [] }
        return entry.dependencies.compactMap { dependency in
            refusal(room, dependency).map { Finding(file: package.file, line: entry.line, message: $0) }
        }
    }

    /// What is wrong with a room's imports, the column of the table included.
    func findings(room name: String, files: [SourceText]) -> [Finding] {
        guard let room = floors[name] else { return [] }
        let declared = Set(package[name]?.dependencies ?? [])
        var findings: [Finding] = []
        var imported = Set<String>()
        for file in files {
            for (index, code) in file.code.enumerated() {
                guard code.contains("import"), let module = CodeTokens(code).importedModule else { continue }
                imported.insert(module)
                var message = refusal(room, module)
                if message == nil, floors[module] != nil, !declared.contains(module) {
                    message = "'\(name)' imports '\(module)', which \(package.file) does not declare for it"
                }
                if let message {
                    findings.append(Finding(file: file.file, line: index + 1, message: message))
                }
            }
        }
        for module in room.besides where !imported.contains(module) {
            let message = "the table grants '\(module)' to '\(name)', which does not import it"
            findings.append(Finding(file: floors.file, line: room.line, message: message))
        }
        return findings
    }

    /// Why a room may not import a module; nil where it may.
    private func refusal(_ room: FloorTable.Room, _ module: String) -> String? {
        if module == "Foundation" || module.hasPrefix("Foundation") {
            return "'\(room.name)' imports \(module): no room does (start-up time, purity)"
        }
        guard let other = floors[module], let floor = other.floor else {
            if room.besides.contains(module) { return nil }
            return "'\(room.name)' imports '\(module)', which the table of floors does not grant it"
        }
        guard let own = room.floor else { return "door '\(room.name)' imports room '\(module)'" }
        if floor >= own {
            return
                "'\(room.name)' (floor \(own)) imports '\(module)' (floor \(floor)): only lower floors may be imported"
        }
        if other.kind == .adapter, room.kind != .command {
            return "'\(room.name)' imports adapter '\(module)': only commands wire adapters"
        }
        return nil
    }
}
