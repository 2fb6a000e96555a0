import Domain
import Notation

extension Anonymiser {
    /// Places of a candidate's row that are Sluice's own words.
    public static let ownPlaces = [
        "/candidate", "/state", "/cluster", "/collected", "/signals/*/kind", "/signals/*/source",
        "/signals/*/ref",
        "/signals/*/at",
    ]

    /// A sighting with pseudonyms in the place of what must not be kept, in all its texts.
    ///
    /// - Throws: where a text takes too long to search; the sighting must then not be kept.
    public mutating func candidate(_ sighting: Candidate, file: String) throws(Problem) -> Candidate {
        var sighting = sighting
        sighting.id = "c-"
        let row = JSONValue.object(CandidateCodec.row(sighting)).bytes()
        let result: Result<[UInt8]?, Problem> = row.withUnsafeBufferPointer { bytes in
            do throws(Problem) { return .success(try self.row(bytes, id: nil, file: file, line: 0)) } catch {
                return .failure(error)
            }
        }
        let new = try result.get()
        guard let new, let object = (try? JSONValue.parse(new))?.objectValue,
            var clean = CandidateCodec.candidate(object)
        else {
            sighting.isAnonymised = true
            return sighting
        }
        clean.isAnonymised = true
        return clean
    }
}
