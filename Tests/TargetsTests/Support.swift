import Domain
import Targets
import Testing
