import Domain
import Interchange
import Storage

/// Reads what the user gives, and says what is wrong with it: bad input is never mistaken for a broken store.
enum InputProblems {
    /// The data set, once it was found to be whole.
    ///
    /// - Throws: `PolicyFile.Shown` with status 65 after everything that is wrong was printed.
    static func dataset(_ paths: [String], _ console: Console) throws(PolicyFile.Shown) -> DatasetFiles {
        let files: DatasetFiles
        do throws(StoreError) { files = try DatasetFiles(paths: paths) } catch {
            console.error("sluice: the data set: \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        return try checked(files, console)
    }

    /// A data set that was read, once it was found to be whole.
    static func checked(_ files: DatasetFiles, _ console: Console) throws(PolicyFile.Shown) -> DatasetFiles {
        for problem in files.problems { console.error(problem.description) }
        if files.furtherProblems > 0 { console.error("and \(files.furtherProblems) more") }
        if files.problems.contains(where: { $0.severity == .error }) {
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
        return files
    }
}
