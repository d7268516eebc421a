import type { ExplainedEvent } from '../../operations/export-events.ts'

export function toWireReportedEvent(event: ExplainedEvent) {
  return {
    batchId: event.batchId.toString(),
    reportedAt: event.reportedAt.toISOString(),
    reporterTenantId: event.reporterTenantId,
    source: event.source,
    id: event.id,
    type: event.type,
    subject: event.subject,
    usageAt: event.usageAt.toISOString(),
    usageEndAt: event.usageEndAt?.toISOString() ?? null,
    identityTenantId: event.identityTenantId,
    kind: event.kind,
    userType: event.userType,
    outcome: event.outcome,
    location: event.location,
    tags: event.tags,
    meterId: event.meterId,
    quantity: event.quantity,
    disposition: event.disposition.kind,
    reason: event.disposition.reason ?? null,
    route: {
      linkId: event.route.linkId,
      subscriptionId: event.route.subscriptionId,
      model: event.route.model,
      placementId: event.route.placementId?.toString() ?? null,
      groupingKey: event.route.groupingKey,
    },
  }
}
