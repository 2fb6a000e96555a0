import Digest
import Domain

extension Example {
    /// The digest of all that asks, scores or slices this example: not of its id, place and provenance.
    public var contentDigest: ContentDigest { RowDigest.digest(of: self) }
}
