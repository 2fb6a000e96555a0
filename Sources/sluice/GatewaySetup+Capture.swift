import Domain
import Gateway
import Interchange
import Policy
import Rollout
import Storage
import Traffic

/// What of the command line is about keeping and counting requests.
extension GatewaySetup {
    /// The recorder, not yet started: nothing is written before the start.
    func capture(_ doors: GatewayDoors) throws -> CaptureDoor {
        var usual = CaptureRule()
        if let fraction = try measure("capture-share", .share) {
            guard let share = Share(fraction: fraction) else {
                throw Self.usage("--capture-share goes in steps of 0.01%")
            }
            usual.rules.share = share.hundredths
        }
        let folder = arguments.value("capture")
        if folder == nil, arguments.has("capture-share") {
            throw Self.usage("--capture-share wants --capture FOLDER")
        }
        var settings = RecorderSettings(
            gateway: "gateway-\(listenPort)", rules: usual.rules,
            spool: folder.map { SpoolSettings(folder: $0) })
        settings.onNotice = doors.say
        var recordsAll = folder != nil
        if let path = arguments.value("statistics") {
            recordsAll = true
            let file = StatisticsFile(path, say: doors.say)
            settings.onSecond = { file.write($0) }
        }
        do throws(RecorderProblem) {
            return try CaptureDoor(settings, recordsAll: recordsAll, usual: usual)
        } catch {
            throw GatewayCommand.Refusal(status: ExitStatus.badInput, message: error.description)
        }
    }

    /// Starts the recorder's thread, and takes the spool's folder.
    func start(_ capture: CaptureDoor) throws {
        do throws(RecorderProblem) { try capture.recorder.start() } catch {
            throw GatewayCommand.Refusal(status: ExitStatus.couldNotMeasure, message: error.description)
        }
    }

    /// Carries closed segments to where evidence is kept, not yet started; nil where none is to be carried.
    func carrier(_ doors: GatewayDoors) throws -> SegmentCarrier? {
        guard let root = arguments.value("evidence") else { return nil }
        guard let spool = arguments.value("capture") else {
            throw Self.usage("--evidence ships what --capture FOLDER keeps")
        }
        let shipper = SegmentShipper(folder: spool, to: DirectoryEvidence(root: root))
        return SegmentCarrier(shipper, notice: doors.say)
    }

    func start(_ carrier: SegmentCarrier?) throws {
        do throws(RecorderProblem) { try carrier?.start() } catch {
            throw GatewayCommand.Refusal(status: ExitStatus.couldNotMeasure, message: error.description)
        }
    }

    func keepsNothing(of plan: RoutingPlan) -> Bool { plan.capture != nil && !arguments.has("capture") }
}
