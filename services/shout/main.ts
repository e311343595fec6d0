import { runService } from '@slipway/chassis'
import service from './service.ts'

runService(service)
