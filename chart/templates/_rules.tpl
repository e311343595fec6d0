{{/* The series of this release, as the ServiceMonitor labels them. */}}
{{- define "slipway.series" -}}
namespace="{{ .Release.Namespace }}",job="{{ .Release.Name }}"
{{- end -}}

{{/* The part of each route's requests that fail within a window: { root, window }. */}}
{{- define "slipway.errorRatio" -}}
sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_count{ {{- include "slipway.series" .root }},http_response_status_code=~"5.."}[{{ .window }}]))
  / sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_count{ {{- include "slipway.series" .root }}}[{{ .window }}]))
{{- end -}}

{{/* The part of each route's requests that take too long within a window: { root, window }. */}}
{{- define "slipway.slowRatio" -}}
{{- $rules := .root.Values.monitoring.rules -}}
{{- $series := include "slipway.series" .root -}}
{{- if $rules.slowRoutes -}}
{{- $series = printf "%s,http_route!~%s" $series ($rules.slowRoutes | join "|" | replace "{" "\\{" | replace "}" "\\}" | replace "." "\\." | quote) -}}
{{- end -}}
1 - sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_bucket{ {{- $series }},le="{{ $rules.latencySeconds }}"}[{{ .window }}]))
  / sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_count{ {{- $series }}}[{{ .window }}]))
{{- end -}}

{{/*
Two alerts on how fast the budget of a month is spent: a fiftieth of it within an hour, or a twentieth within six. The short window ends the alert
soon after its cause (Site Reliability Workbook, chapter 5). { root, name, ratio, objective, what }
*/}}
{{- define "slipway.burnRateAlerts" -}}
{{- $all := . -}}
{{- $budget := divf (subf 100 (float64 .objective)) 100 -}}
{{- range list (dict "speed" "Fast" "factor" 14.4 "long" "1h" "short" "5m" "for" "2m" "severity" "critical") (dict "speed" "Slow" "factor" 6.0 "long" "6h" "short" "30m" "for" "15m" "severity" "warning") }}
- alert: {{ $all.name }}{{ .speed }}
  expr: |-
    (
      {{- include $all.ratio (dict "root" $all.root "window" .long) | nindent 6 }}
    ) > {{ round (mulf .factor $budget) 6 }}
    and
    (
      {{- include $all.ratio (dict "root" $all.root "window" .short) | nindent 6 }}
    ) > {{ round (mulf .factor $budget) 6 }}
    and
    sum by (http_request_method, http_route) (increase(http_server_request_duration_seconds_count{ {{- include "slipway.series" $all.root }}}[{{ .long }}])) >= {{ $all.root.Values.monitoring.rules.minimumRequests }}
  for: {{ .for }}
  labels:
    severity: {{ .severity }}
    deployment: {{ $all.root.Release.Name | quote }}
  annotations:
    summary: "{{ $all.root.Release.Name }}: too many requests of {{`{{ $labels.http_request_method }} {{ $labels.http_route }}`}} {{ $all.what }}"
    description: "{{`{{ $value | humanizePercentage }}`}} of them in the last {{ .long }}; the objective is {{ $all.objective }} % that do not."
{{- end }}
{{- end -}}
