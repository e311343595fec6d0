{{/* A scalar as text, as it was written: null too. YAML's and JSON's numbers arrive as floats, which would print 1000000 as 1e+06. */}}
{{- define "slipway.text" -}}
{{- if kindIs "invalid" . -}}
null
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
{{ int64 . }}
{{- else -}}
{{ toString . }}
{{- end -}}
{{- end -}}

{{/* The bytes of a quantity of memory. */}}
{{- define "slipway.bytes" -}}
{{- $text := toString . -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 -}}
{{- $unit := regexFind "[A-Za-z]+$" $text -}}
{{- $factor := 1 -}}
{{- if $unit -}}
{{- $factor = get $units $unit | required (printf "resources.limits.memory must be in Ki, Mi, Gi or Ti, as in 256Mi; it is %s." $text) -}}
{{- end -}}
{{- mulf (float64 (trimSuffix $unit $text)) $factor | floor | int64 -}}
{{- end -}}

{{/* Seconds from SIGTERM to SIGKILL: never less than the service needs for its own end. */}}
{{- define "slipway.gracePeriod" -}}
{{- with .Values.lifecycle -}}
{{- $needed := addf .preStopSleep .drainDelay .drainTimeout .slack | ceil | int -}}
{{- $given := .gracePeriod | default $needed | int -}}
{{- if lt $given $needed -}}
{{- fail (printf "lifecycle.gracePeriod must be at least %d s, the sum of preStopSleep, drainDelay, drainTimeout and slack; it is %d. Raise it, or leave it out." $needed $given) -}}
{{- end -}}
{{ $given }}
{{- end -}}
{{- end -}}

{{/* Whether there can be one pod only. */}}
{{- define "slipway.isSingle" -}}
{{- if .Values.storage.enabled -}}true{{- end -}}
{{- end -}}

{{- define "slipway.isScaled" -}}
{{- if and .Values.autoscaling.enabled (not .Values.storage.enabled) -}}true{{- end -}}
{{- end -}}
